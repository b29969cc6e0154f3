// Opens a file in TuxGuitar and saves it again, without its window: TuxGuitar has no batch mode.
// java -cp JARS TuxGuitar.java IN OUT [IN OUT ...]
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

import org.herac.tuxguitar.io.base.TGFileFormatManager;
import org.herac.tuxguitar.io.base.TGSongReaderHandle;
import org.herac.tuxguitar.io.base.TGSongStreamContext;
import org.herac.tuxguitar.io.base.TGSongWriterHandle;
import org.herac.tuxguitar.song.factory.TGFactory;
import org.herac.tuxguitar.util.TGContext;
import org.herac.tuxguitar.util.plugin.TGPlugin;

public class TuxGuitar {
    static final String PACKAGE = "org.herac.tuxguitar.io.";
    static final String[] PLUGINS = {
        "gtp.GP5InputStreamPlugin", "gtp.GP5OutputStreamPlugin", "gpx.v7.GPXInputStreamPlugin",
        "midi.MidiSongReaderPlugin", "midi.MidiSongWriterPlugin",
        "musicxml.MusicXMLSongWriterPlugin",
    };

    public static void main(String[] paths) throws Exception {
        TGContext context = new TGContext();
        for (String plugin : PLUGINS) {
            Object made = Class.forName(PACKAGE + plugin).getDeclaredConstructor().newInstance();
            ((TGPlugin) made).connect(context);
        }
        TGFileFormatManager formats = TGFileFormatManager.getInstance(context);
        for (int i = 0; i + 1 < paths.length; i += 2) {
            convert(formats, paths[i], paths[i + 1]);
        }
    }

    static void convert(TGFileFormatManager formats, String from, String to) throws Exception {
        TGSongReaderHandle read = new TGSongReaderHandle();
        read.setFactory(new TGFactory());
        read.setContext(new TGSongStreamContext());
        read.setFormat(formats.findReaderFileFormatByCode(suffix(from)));
        try (InputStream in = new FileInputStream(from)) {
            read.setInputStream(in);
            formats.read(read);
        }
        TGSongWriterHandle written = new TGSongWriterHandle();
        written.setFactory(read.getFactory());
        written.setContext(new TGSongStreamContext());
        written.setSong(read.getSong());
        written.setFormat(formats.findWriterFileFormatByCode(suffix(to)));
        try (OutputStream out = new FileOutputStream(to)) {
            written.setOutputStream(out);
            formats.write(written);
        }
    }

    static String suffix(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }
}
