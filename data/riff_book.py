"""The riff book: the hand-written riffs, licks and grooves that the starter songs are made of.

How a riff is written
---------------------
A riff has a head line and, indented below it, its music::

    long fuse : E mixolydian : straight : E5 A5 D5 A5
        E0p.E0m/ A0p.E0m/ A5p..A0p ..E0m/ | E0p.E0m/ A0p.E0m/ A5p... A0p...

The head says name : home key : feel : the chords it goes with, spread evenly over its length
(major E, minor Em, power chord E5, and E7, E9, Em7, Emaj7).
The feel says how a bar is counted, and each bar must be full:

    straight  16 places to a 4/4 bar, each a sixteenth
    eighths    8 places to a 4/4 bar, each an eighth
    shuffle   12 places to a bar: the triplet eighths of 4/4, or the eighths of 12/8 (and of two
              bars of 6/8)
    waltz     12 places to a 3/4 bar, each a sixteenth

The music fills the places one after the other; spaces are for the eye only:

    E0 A2 e12    string and fret. Strings are named E A D G B e, from the low one to the high one.
    E0+A2        strings struck together
    E3p  E3P     power chord on that root: with its fifth; with fifth and octave
    x02210       a chord shape, one fret for each string, x for a string that is not struck
    .            the note before lasts one place longer, over a bar line too; so does a rest
    -            rest
    /            strike once more what was struck last
    %            play the bar before once more
    |            bar line

and right after a note, chord or stroke:

    m            palm mute: short and soft        o    open again, in a stroke /o after a muted one
    >            accent                           ^9   bend up to the pitch of fret 9

Riffs are written for standard tuning in an easy position. The arranger moves them to the key of
the song, so an open string may become a fretted one. Licks are riffs for the lead guitar.

How a song is written
---------------------
The head says title : key : beats per minute : line-up : form, the indented line below it which
riffs the verses take in turn / which one is the chorus. Line-ups and forms are listed in
``compose_starter.py``.

How to add one: write it below a heading ``== style ==`` (or ``== style licks ==``), name it in
SONGS, and run ``python data/compose_starter.py``. A bar that is not full is reported.
"""

RIFFS = """
== blues_shuffle ==

boogie stroll : E blues : shuffle : E7
    E0+A2./ E0+A4./ E0+A5./ E0+A4./
back porch : E blues : shuffle : E7
    E0+A2./ E0+A4./ E0+A2./ E3.E4 | E0+A2./ E0+A4./ E0+A5./ E0+A4.-
freight yard : E blues : shuffle : E7
    E0.E4 A2.A4 A5.A4 A2.E4 | E0.E4 A2.A4 D2>.A5 A4.A2
mill wheel : E blues : shuffle : E9
    E0.- --x76777> ..- --x76777 | E0.- --x76777> ..- x54555.x76777
railway spikes : E blues : shuffle : E7
    E0.G0 G1.D2 D0.D2 E3.E4 | E0.G0 G1.D2 B0.G1 D2.-
long mule : A blues : shuffle : Am7
    A0..D2.A0 A3.D0 D2.- | A0..D2.A0 A3.D0 D1.D0
tin roof : E blues : shuffle : E7
    E0P>.. --- --- E3.E4 | E0P>.. --- --E3 E4.E0
hen house : A blues : shuffle : A7
    A0+D2./ A0+D4.A0m A0+D5./ A0+D4.A0m | A0+D2./ A0+D4.A0m A0+D2.G2 A3.A4

== shuffle licks ==

porch light : A blues : shuffle : A7
    G7^9..B5.e5 B8.B5 G7.G5 | D7.G5 D7.D5 D7..---
late tram : A blues : shuffle : A7
    e5.e8 e5.B8 B5.e5 B8.B5 | G7^9..G7.G5 D7..---
rust and honey : A blues : shuffle : A7
    G5.G6 B5..e5.B5 G6.G5 | D7.D5 G5.G6 D7..---
cotton wire : A blues : shuffle : A7
    B8^10..... B5.B8 B5.G7 | G8.G7 G5.D7 D7..---
mercy street corner : A blues : shuffle : A7
    e8^10..e5.B8 e8^10..e5.B8 | B5.B8 B5.G7 G5..D7..
small hours : A blues : shuffle : A7
    ---D5.D7 G5.D7 G5.G7 | B5..G7.G5 D7...D5E8
brass kettle : A blues : shuffle : A7
    e5B8B5 G7B5B8 e5.B8 B5.G7 | G8G7G5 D7G5D7 D7..---
hat check : A blues : shuffle : A7
    B5+e5./ B5+e5.G7^9 ..B5 G7.G5 | D7..D7.-------
slow taxi : A blues : shuffle : A7
    G7^9..... B5..G7.. | G5.G7 G5.D5 D7.....
half moon alley : A blues : shuffle : A7
    e8.e5 B8..G7^9.. B5.B8 | e5...B8B5 G7.G5 D7..
velvet rope : A blues : shuffle : A7
    D7.G5 G6.B5 e5..B7.. | B5.G6 G5.D7 D7..---

== slow_blues ==

lamp oil : A blues : shuffle : A7
    A0D2G0 B2e0B2 G0D2A0 D2G0B2 | A0D2G0 B2e3B2 G0D2A0 A2.A4
coal barge : A blues : shuffle : A7
    A0..x02020..A0..x02023.. | A0..x02020..A4.A2 A0..
two doors down : E blues : shuffle : E7
    E0..020130./m /o.. ..E3 | E0..020130./m D2.D0 A2.E4
empty ballroom : A minor : shuffle : Am7
    A0..D2.G2 x02010..... | A0..D2.G2 B1G2D2 A3A2-
gin and rain : A minor : shuffle : Am7
    x02210..A0-x02210 ..- A0.. | x02010..A0-x02010 ..- A3A2A0
night porter : A blues : shuffle : A9
    A0..x54555.. --x54555 ./. | A0..x54555.. --D4 D3.D2

== punk ==

broken elevator : A major : eighths : A5 D5 E5 D5
    A0p/////// | A5p/////// | E0p/////// | A5p///E0p///
spit and polish : E major : eighths : E5 A5 B5 A5
    E0p//. A0p//. | A2p//. A0p/// | E0p//. A0p//. | A2p///////
parking lot kings : G major : eighths : G5 B5 C5 D5
    E3p/////// | E7p/////// | A3p/////// | A5p///////
safety pin : A minor : eighths : A5 F5 C5 G5
    A0p./m/m/o.// | E1p./m/m/o.// | A3p./m/m/o.// | E3p./m/m/o.//
bus shelter : E minor : eighths : E5 G5 D5 A5
    E0p.//.///|E3p.//.///|A5p.//.///|A0p.//.A2p/A3p
cheap fireworks : A major : straight : A5 E5 D5 E5
    A0p.// ././ ./.. /./. | E0p.// ././ ./.. /./.
    A5p.// ././ ./.. /./. | E0p.// ././ ./.. E4.E2.
no vacancy : E minor : eighths : E5 C5 G5 D5
    E0p.E0m/E0p.E0m/ | A3p.A3m/A3p.A3m/ | E3p.E3m/E3p.E3m/ | A5p.A5m/A5p///
dented can : A major : eighths : A5 C#5 D5 E5
    A0p>...////|A4p>...////|A5p>...////|E0p>.//E0p///
shout it twice : G major : eighths : G5 D5 E5 C5
    E3p...A5p... | E0p...A3p... | E3p///A5p/// | E0p///A3p///
kick the radio : E minor : eighths : E5 E5 G5 A5
    E0m//E3p.E0m// | E0m//E5p.E3p.E0m | E0m//E3p.E0m// | A0p.E3p.E0p...

== punk licks ==

loose wire : A major : eighths : A5
    e5/B5/e5B5G6B5 | e5..B7..G6.
siren call : A minor : eighths : A5
    e8/e5/B8/B5/ | G7//G5G7..-
octave alarm : A major : eighths : A5
    D7+B10///D7+B10.D9+B12. | D7+B10...D4+B7...
fence post : A minor : eighths : A5
    G7^9./. e5.B8. | B5.G7.D7...
three chords late : A major : eighths : A5
    B5+e5//B7+e7//B5+e5. | B3+e4...B5+e5...
rooftop dash : A minor : eighths : A5
    e5/e8/e7/e5/ | B8.B6.B5...
wrong number : A minor : eighths : A5
    B5+e5/.B5+e5B5+e5/G7. | B5.B8.B5...
broom handle : A minor : eighths : A5
    D7.G5.G7.B5. | e5///B8.G7.

== hard_rock ==

iron gate : E minor : straight : E5 E5
    E0p.E0m/ ..E3p. E0m/E5p. ..E3p. | %
    E0p.E0m/ ..A0p. E3p.E5p. E3p.-. | E0p.E0m/ ..E3p. E0P...-...
brick furnace : E minor : straight : E5
    E0.E0mE3 ..A0. A1.A0E3 ..E0. | E0.E0mE3 ..A0. D0.A2. A0.E3.
hammer lane : A minor : straight : A5
    A0.A0mD2 .A0mA3. D0..A3 ..A0m/ | A0.A0mD2 .A0mA3. E3...A0...
king of gravel : A mixolydian : straight : A5 D5 G5 D5
    A0P../ ..A5p. ..E3p. ..A5p. | A0P../ ..A5p. ..E3P. ....
long fuse : E mixolydian : straight : E5 A5 D5 A5
    E0p.E0m/ A0p.E0m/ A5p..A0p ..E0m/ | E0p.E0m/ A0p.E0m/ A5p... A0p...
diesel choir : E minor : straight : E5 G5 A5 C5
    E0P.......E3P.......|A0P.......A3P...A2P...
cracked bell : E blues : straight : E5
    E0.G0.A2.A1A0 ..E3. E0... | E0.G0.A2.A1A0 ..A2. D0...
dust devil : A minor : straight : A5 F5 G5 E5
    A0p.A0m//.A0p. E1p..E1m/.E1p. | E3p.E3m//.E3p. E0p..E0m/.E0p.
high water mark : A mixolydian : straight : A5 G5 D5 A5
    A0+D2./.A0+D4.A0+D2. E3p.../.E3p. | A5p.../.A5p. A0+D2./.A0+D4.A0+D2.
neon saddle : E mixolydian : straight : E5 D5 A5 E5
    E0p...-. A5p... A5p.A0p... | ..A0p...E2E3 E0p...-...
two ton shadow : E minor : straight : E5
    E0>....E3E0.D0.A2...A0. | E0>....E3E0.A0.A1.A0E3E0.
tower of speakers : A minor : straight : A5 C5 G5 D5
    A0P.....A0p.A3P.....A3p. | E3P.....E3p.A5P...A5p./.

== hard_rock licks ==

first spark : A minor : straight : A5
    D7.G5.G7^9...B5.G7.G5.D7. | G5.D7.D5.E8.D7.......
blue flame : A minor : straight : A5
    e8^10...e5.B8.B5.G7^9...B5. | B8.B5.G7.G5.D7.......
falling stairs : A minor : straight : A5
    e8e5B8e5B8B5G7B5 G7G5D7G5D7D5A7D5 | A7...D5.D7.G5...-...
pull the lever : A minor : straight : A5
    G7^9.B5.G7^9.B5.G7^9.B5.B8.e5. | B8...B5...G7...-...
wide horizon : A mixolydian : straight : A5
    B10...B8.B10.e9...B10... | e7...B10.B8.B10.......
rattlesnake kiss : A minor : straight : A5
    D7D5A7D5 D7.G5. D7D5A7D5 D7.G7. | G8G7G5D7 G5.D7. D7...-...
twin headlights : A minor : straight : A5
    e12...e10...e8...e10.e8. | B10...e7.e8.e5.......
seventh floor : A mixolydian : straight : A7
    G6.B5.e5.B8^10...e5.B8.B5. | G6...G5.D7.D7.......

== metal ==

war horse : E minor : straight : E5 E5 G5 F#5 E5 E5 B5 C5
    E0m.// E0m.// E3p...E2p... | E0m.// E0m.// A2p...A3p...
black anvil : E phrygian : straight : E5 E5 F5 E5
    E0m///E1p. E0m///E1p. E0p.-. | E0m///E1p. E0m///A1p. E1p.-.
frost march : E minor : straight : E5 C5 D5 B5
    D2.D2mD2D4.D5.D5.D5mD5A3... | D0.D0mD0D2.D4.A2.A2mA2A2...
grave mill : E minor : straight : E5 Bb5 A5 F5
    E0P...........E0m.E6P. | ......E5P.....E1P...
steel rain : A minor : straight : A5
    A0m.// A0m.D2. A0m.// D3.D2. | A0m.// A0m.D5. A0m.D3. D2.D0.
cold harbour : E minor : straight : E5 E5 G5 A5
    E0m//- E0m/-E3p ..-E0m /--. | E0m//- E0m/-E3p ..E5p. ..E3p.
wolf bridge : E minor : straight : E5 C5 G5 D5
    E0P...../.A3P...../. | E3P...../.A5P...../.
night watch : E minor : straight : E5 C5 D5 E5
    D9...G9.D9.D10...D9.D7. | D7...D9.D10.D9...D5.D7.
cinder path : E minor : straight : E5 D5 C5 B5
    E0m.//E0p...A5m.//A5p... | A3m.//A3p...A2m.//A2p.A2m/
salt and chain : A minor : straight : A5 A5 F5 G5
    A0m///A3p.A0m/A5p.A0m/A3p... | E1m///E1p...E3m///E3p...
stone procession : E minor : straight : E5 G5 A5 B5
    E0P...E0m...E3P...E3m... | A0P...A0m...A2P...A2m.A1m.

== metal licks ==

ember storm : A minor : straight : A5
    e5e7e8e7e5B8B6B5 e5...B8...|B6B8e5B8B6B5G7G5 G7.......
raven climb : A minor : straight : A5
    D7G5G7B5 G7B5B6B8 B6B8e5e7 e8... | e7...e5...B8.......
glass cathedral : A minor : straight : A5
    e12e8B10e8 e12e8B10e8 e13e10B10e10 e13e10B10e10 | e12e8B10e8 e10e7B8e7 B10.......
thunder psalm : A minor : straight : A5
    e12.......e10.e8.e7... | e8...e7.e5.e5.......
white wolf : A minor : straight : A5
    e5.e8^10...e8.e5.B8.B5.G7^9. | ..B5.G7.G5.D7.......
under the gallows : A minor : straight : A5
    B5.B6.B8...e5...B8.B6. | B5...G7.B5.G4...G7...
iron lullaby : A minor : straight : A5
    e5...B8...B6...B5... | G5.G7.B5.B6.B5.......
cold sparks : A minor : straight : A5
    A7D5A7D7 D5D7G5D7 G5G7B5G7 B5B6B8B6 | e5.e5.e7.e8.e5.......

== ballad ==

harbour lights : C major : eighths : C G Am F
    A3D2G0B1e0B1G0D2 | E3D0G0B0e3B0G0D0 | A0D2G2B1e0B1G2D2 | E1D3G2B1e1B1G2D3
winter coat : A minor : eighths : Am Em F G
    A0D2G2B1e0B1G2D2 | E0D2G0B0e0B0G0D2 | E1D3G2B1e1B1G2D3 | E3D0G0B0e3B0A2E3
glass river : E minor : straight : Em C G D
    E0.D2.G0.B0.A3.D2.G0.B1. | E3.D0.G0.B0.D0.G2.B3.e2.
slow dawn : G major : eighths : G D Em C
    E3D0G0B0e3B0G0D0 | D0G2B3e2B3G2D0G2 | E0D2G0B0e0B0G0D2 | A3D2G0B1e0B1G0A2
paper boats : D major : waltz : D A Bm G
    D0.G2.B3.e2.B3.G2. | A0.D2.G2.B2.e0.B2. | A2.D4.G4.B3.e2.B3. | E3.D0.G0.B0.e3.B0.
orchard gate : A minor : waltz : Am G F E
    A0.D2.G2.B1...G2. | E3.D0.G0.B0...G0. | E1.D3.G2.B1...G2. | E0.D2.G1.B0...G1.
candle smoke : A minor : shuffle : Am G F Em
    A0D2G2B1G2D2 E3D0G0B0G0D0 | E1D3G2B1G2D3 E0D2G0B0G0D2
tide table : C major : shuffle : C Am F G
    A3D2G0B1G0D2 A0D2G2B1G2D2 | E1D3G2B1G2D3 E3D0G0B0G0D0
quiet engine : C major : straight : C G F G
    x32010...../. ../. /./. | 320003...../. ../. /./.
    133211...../. ../. /./. | 320003...../. ../. E3.A2.
open window : G major : straight : G C Em D
    320003.../.../. /.../. | x32010.../.../. /.../.
    022000.../.../. /.../. | xx0232.../.../. /...A2.
tall grass : A minor : straight : A5 F5 C5 G5
    A0P.......A0p./.A0P... | E1P.......E1p./.E1P...
    A3P.......A3p./.A3P... | E3P.......E3p./.E3P...
lantern sway : C major : shuffle : F C G Am
    133211../.. x32010..///m | 320003../.. x02210..///m
tall wheat : A minor : shuffle : Am F C G
    x02210../.. 133211../.. | x32010../.. 320003../.E3
ferry bell : D major : waltz : G D A D
    320003...../. ../. | xx0232...../. ../. | x02220...../. ../. | xx0232...../. A0.A2.
black umbrella : A minor : waltz : Am F G E
    x02210...../. ../. | 133211...../. ../. | 320003...../. ../. | 022100...../. E0.E4.

== ballad licks ==

letter home : A minor : eighths : Am
    e5..B8B5.G7. | B5...G5...
window seat : A minor : eighths : Am
    B5.B6B8e5... | B8.B6.B5...
far lighthouse : A major : eighths : A
    e9..e7e5.B7. | G6...B5...
first snow : A major : eighths : A
    B5.G6.e5.e4e5 | B7......-
soft rain : A minor : straight : Am
    G7^9.....G5.D7.....D5D7 | G5.....B5.G7.......
quiet hands : A major : straight : A
    e5...B7.B5.G6...B5... | e7...e5.B7.B5.......
last train window : A minor : eighths : Am
    D7.G5G7B5... | e5.B8B5G7...
kitchen radio : A major : eighths : A
    G6.B5.e5B7B5. | G6.G4.D7...
swallow : A minor : waltz : Am
    e5.e7.e8...e7... | e5...B8...e5... | B8.B6.B5...G5... | G7...........
harvest table : A minor : waltz : Am
    D7...G5.G7.B5... | B6...B5...G7... | B8...e5...B8... | B5.......-...
evening bell : A major : waltz : A
    B5...e5...e9... | e7.......e5... | B7...B5...G6... | B5...........
small dance : A major : waltz : A
    e9.e7.e5...B7... | e5.B7.B5...G6... | B5.B7.e5...e7... | e5...........
swing door : A minor : waltz : Am
    e5...B8.B5.G7... | B5.......G7... | D7...G5...G7... | B5...........
music box : A major : waltz : A
    e5.e9.e7.e5.B7... | B5...G6...B5... | e5.e4.B7.B5.G6... | B5...........
last ferry : A minor : waltz : Am
    B5.B8.e5...e8... | e7...e5...B8... | B6...B5...G7... | G4...B5...G7...
paper crown : A major : waltz : A
    e5...e9.e7.e5... | B7...B5...e5... | e4...B7...e4... | e5...........
rowing boat : A minor : shuffle : Am
    e5..B8.B5 G7..B5.. | G5.G7B5.G7 D7.....
deep harbour : A major : shuffle : A
    e5.B7B5.. G6.B5e5.. | e9..e7.e5 B7.....
moth : A minor : shuffle : Am
    B5.B6B8.. e5..B8.. | B6.B5G7.. B5.....
old map : A minor : shuffle : Am
    D7.G5G7.B5 e5..e8.e7 | e5..B8.B6 B5.....
tide mark : A minor : shuffle : Am
    e8..e7.e5 B8..B6.. | B5..G7.G5 G7.....
bright water : A major : shuffle : A
    G6.B5e5.B5 e9..e7.. | e5..B7.B5 G6.....
blue door : A major : shuffle : A
    B5..e5.B7 B5..G6.. | B7..e5.e7 e5.....
open lock : A major : shuffle : A
    e5..e7.e9 e7..e5.. | B5.B7e5.B7 B5.....

== surf ==

salt spray : E minor : straight : Em C Am B
    E0./.E3./.A0./.A2./. | A3./.A2./.A0./.E3./. | A0./.A3./.D2./.D0./. | A2./.D1./.A2.......
reef break : A minor : straight : Am F
    A0///A0///A3///D2/// | D3///D2///D0///A3///
beach bonfire : A major : straight : A D E A
    G2...B2..e0..B2.G2... | G2...B3..e2..B3.G2... | G1...B0..e0..B0.G1... | G2...e0..B2..G2.....
drag strip moon : E minor : straight : Em Em C B
    D2...D4.D5.D2...B0... | G2...G0.D4.D2....... | D5...G0.B1.e0...B1... | B0...D4.D1.A2.......
hula static : A minor : straight : Am E F C
    B1+e0../..B1+e0.D2...-... | B0+e0../..B0+e0.D2...-...
    B1+e1../..B1+e1.D3...-... | B1+e0../..B1+e0.A3...D2...
chrome pelican : E minor : straight : Em
    E0./.D2..E0..D0.E0.A2. | E0./.D2..E0..A2.A3.A2.
lagoon lights : G major : eighths : G Em C D
    G0.B0.e3.e2e0 | e0.B0.G0... | G0.B1.e3.e0B1 | B3.e2.G2...
sand in the amp : A minor : straight : Am Dm E Am
    A0../..A3.D2...D3.D2. | D0../..D3.G2...B1... | E0../..E4.A2...D0... | A0../..D2.G2...-...
pier lights : A major : straight : A F#m D E
    A0./.A4./.D2./.A4./. | E2./.A0./.A4./.A0./. | D0./.D4./.G2./.D4./. | E0./.E4./.A2./.D2./.

== surf licks ==

foam : A minor : eighths : Am
    e5e5B8e5B6B5G7. | B5.G7.G5.D7.
long board : A minor : straight : Am
    e8///e7///e5///B8/// | B6///B5///G7.......
gull call : A major : eighths : A
    e5.e9.e7.e5. | B7.B5.G6...
tail fin : A major : straight : A
    B5+e5..B7+e7..B5+e5.B3+e4...B5+e5... | B5+e5.......-.......
undertow : A minor : straight : Am
    D7./.G5..G7..B5.B6.-. | B5...G7...G4...G7...
wet sand : A minor : straight : Am
    e5../..e7.e8...e7... | e5../..B8.B6...B5...
parking brake : A minor : straight : Am
    A7.A7.D5.D7.G5..G7..B5. | B6.B5.G7.G5.D7.......
tow rope : A major : straight : A
    e5../..e7.e9...e7... | e5../..B7.B5...G6...
sunburn : A major : eighths : A
    B5B5B7e5.B7B5. | G6.B5.e5...

== funk_rock ==

subway tiles : E mixolydian : straight : E9
    x7677x.-/m /m-/o. .-/m/m /o.-. | x7677x.-/m /m-/o. .-/m/m E0.G0G1
rubber boot : A dorian : straight : Am7 D9
    5x555x--/m /m/o-/m -./o- -/m-/m | x5455x--/m /m/o-/m -./o- -/m-/m
vending machine : E minor : straight : Em7
    E0.-E0 -.D0D2 -.E3. E0... | E0.-E0 -.D0D2 -.A1A0 E3.-.
pocket comb : A dorian : straight : Am7
    A0.-- G2.-A0m -.A3. D0.-. | A0.-- G2.-A0m -.G0. D4.D2.
hot pavement : E mixolydian : straight : E7
    E0p>.-- E0m/-. A5p.-. A4p.E0. | E0p>.-- E0m/-. A0p.-. A2p.A5p.
stairwell echo : A minor : straight : Am7 Fmaj7 G Em7
    5x555x... -./. -./m/m /o.-. | 1x221x... -./. -./m/m /o.-.
    3x003x... -./. -./m/m /o.-. | 0x000x... -./. -./m/m /o.-.
loose change : E minor : straight : Em7 A7
    E0m/E3. -.E0m/ D0.D2. -.E0p. | A0m/A3. -.A0m/ G0.G2. -.A0p.
brass button : A mixolydian : straight : A7 D7
    x02020..- /.-. x02020..- /m/m/o. | x5453x..- /.-. x5453x..- /m/m/o.

== funk_rock licks ==

wet paint : A dorian : straight : Am7
    G7^9.B5- e5.B8- B7.B5- G7... | D7-D7G5 -G7G5D7 D7.......
elbow room : A dorian : straight : Am7
    D7D7-G5 -G7-G5 B5.G7. G5.D7. | -.D5D7 -.G5G7 D7.......
snap back : A mixolydian : straight : A7
    B5+e5.-/m -./o. B7+e7.-/m B5+e5... | G6.G6B5 -e5B5G6 G5.D7. D7...
late checkout : A minor : straight : Am7
    e8^10... -.e8e5 B8.B5. G7.G5. | G7^9.G5D7 -.D5D7 D7... -...
side pocket : A mixolydian : straight : A7
    G6B5-G6 -B5e5. B7.B5- G6.B5. | -.G5G6 B5.G6. D7... -...
night bus : A minor : straight : Am7
    D7.-G5 G7.-. B5.G7G5 D7.-. | -.G5G7 B5.B8. B5... G7...
double knot : A dorian : straight : Am7
    B5.B5- B7.B8. -.e5. B8.B7. | B5.G7- G5.D7. D7... -...

== grunge ==

wet cardboard : E minor : straight : E5 G5 E5 A5
    E0p.../.-. E3p../ A1p../ | E0p.../.-. A0p../ E3p../
rainy mixtape : A minor : eighths : Am F C G
    A0D2G2B0G2D2G2D2 | E1D3G2B1G2D3G2D3 | A3D2G0B1G0D2G0D2 | E3D0G0B0G0D0G0D0
attic window : E minor : straight : E5 C5 G5 A5
    E0P./.../. A3P./.../. | E3P./.../. A0P./.../.
cough syrup : A minor : straight : A5 B5 F5 A5
    A0P.....A3p. A2p.....E3p. | E1P.....E3p. A0P.....E0p.
flannel sky : G mixolydian : straight : G5 F5 C5 G5
    E3P...../. E1P...../. | A3P...../. E3P...../.
static lullaby : E minor : straight : Em
    E0...A2.A1. A0...E3... | E0...A2.A3. A2...E3...
second hand boots : A mixolydian : straight : A5
    A0p.A0m/ .A0mE3p. A0p... -... | A0p.A0m/ .A0mA3p. A5p... A3p...
loud as rain : G mixolydian : straight : G5 D5 F5 C5
    E3P./m/m/o./. A5P./m/m/o./. | E1P./m/m/o./. A3P./m/m/o./.
porch swing : G mixolydian : eighths : G F C G
    E3D0G0B0G0D0G0D0 | E1D3G2B1G2D3G2D3 | A3D2G0B1G0D2G0D2 | E3D0G0B0G0D0E3E2

== grunge licks ==

broken string : A minor : eighths : A5
    G7^9..G7.G5D7. | G5...D7...
basement sun : A minor : straight : A5
    B5.....B6.B5...G7... | G5...G7...D7.......
feedback prayer : A mixolydian : eighths : A5
    e5.B8.B7.B5. | G6...B5...
car park choir : A minor : eighths : A5
    D7+B10...A7+G9... | D5+B8...D7+B10...
slow leak : A minor : eighths : A5
    e5.B8^10...B8. | B5.G7...-.
grey carpet : A minor : straight : A5
    D7...D7.G5.G7...G5... | D7...D5...D7.......
last cassette : A minor : straight : A5
    e5.....e5.e8...e7... | e5...B8...B5.......
tape hiss : A mixolydian : straight : A5
    B5.....B7.B8...B5... | G6...B5...D7.......
""".strip()

SONGS = """
== blues_shuffle ==
copper kettle stomp : E blues : 116 : duo : blues
    boogie stroll, freight yard / mill wheel
second shift boogie : A blues : 132 : duo : blues
    hen house, boogie stroll / freight yard
mud on my sunday shoes : E blues : 96 : one : blues
    railway spikes, back porch / tin roof
the landlord's parrot : G blues : 124 : trio : quick blues
    back porch, boogie stroll / mill wheel
milk train to nowhere : A blues : 140 : duo : quick blues
    freight yard, hen house / tin roof
long mule walking : A blues : 104 : one : minor blues
    long mule, railway spikes / hen house
cardboard suitcase : F# blues : 112 : trio : blues
    mill wheel, back porch / boogie stroll
nine cent coffee : G blues : 120 : duo : quick blues
    hen house, railway spikes / mill wheel
tin roof weather : B blues : 92 : duo : minor blues
    long mule, tin roof / railway spikes

== slow_blues ==
lamp oil and letters : A blues : 58 : one : slow blues
    lamp oil, coal barge / night porter
two doors down from me : E blues : 62 : duo : slow blues
    two doors down, coal barge / lamp oil
the ballroom is empty : A minor : 54 : duo : slow minor blues
    empty ballroom, gin and rain / empty ballroom
rain on the ticket hall : C minor : 60 : one : slow minor blues
    gin and rain, empty ballroom / gin and rain
night porter's lament : G blues : 66 : trio : slow blues
    night porter, two doors down / coal barge

== punk ==
broken elevator blues : A major : 176 : one : fast
    broken elevator, dented can / spit and polish
vote for nobody : E major : 184 : duo : fast
    spit and polish, dented can / cheap fireworks
my cat owns the street : G major : 168 : duo : fast
    parking lot kings, spit and polish / shout it twice
safety pin parade : A minor : 190 : one : fast
    safety pin, no vacancy / bus shelter
last bus, wrong town : E minor : 172 : twin : fast
    bus shelter, kick the radio / no vacancy
fireworks in a bucket : B major : 180 : duo : fast
    cheap fireworks, broken elevator / parking lot kings
kick the radio : A minor : 164 : duo : fast
    kick the radio, safety pin / bus shelter
dented can serenade : A major : 196 : one : fast
    dented can, spit and polish / shout it twice
no vacancy at the zoo : F# minor : 178 : twin : fast
    no vacancy, kick the radio / bus shelter

== hard_rock ==
iron gate : E minor : 122 : duo : rock
    iron gate, two ton shadow / diesel choir
furnace room romance : E minor : 112 : twin : rock
    brick furnace, cracked bell / tower of speakers
hammer lane : A minor : 134 : duo : long
    hammer lane, dust devil / tower of speakers
gravel king : A mixolydian : 126 : trio : rock
    king of gravel, high water mark / neon saddle
fuse box heart : E mixolydian : 118 : duo : long
    long fuse, neon saddle / king of gravel
choir of diesel engines : F# minor : 108 : one : rock
    diesel choir, iron gate / tower of speakers
the bell has a crack : G minor : 128 : duo : rock
    cracked bell, brick furnace / diesel choir
dust devil's daughter : B minor : 138 : twin : long
    dust devil, hammer lane / tower of speakers
high water mark : A mixolydian : 116 : trio : rock
    high water mark, long fuse / king of gravel
neon saddle : G mixolydian : 130 : one : rock
    neon saddle, long fuse / high water mark
two ton shadow : E minor : 98 : duo : rock
    two ton shadow, brick furnace / iron gate

== metal ==
war horse : E minor : 148 : twin : rock
    war horse, cold harbour / wolf bridge
anvil of the north : F# minor : 132 : duo : rock
    black anvil, stone procession / grave mill
frost on the drawbridge : E minor : 140 : twin : rock
    frost march, cinder path / wolf bridge
the mill grinds slow : E minor : 84 : duo : short
    grave mill, stone procession / night watch
rain of steel : A minor : 156 : twin : rock
    steel rain, salt and chain / wolf bridge
cold harbour signal : G minor : 126 : duo : rock
    cold harbour, black anvil / stone procession
night watch on the wall : B minor : 136 : twin : long
    night watch, frost march / cinder path
path of cinders : G minor : 150 : one : rock
    cinder path, war horse / night watch
salt and chain : A minor : 118 : duo : rock
    salt and chain, steel rain / grave mill

== ballad ==
harbour lights at four : C major : 76 : duo : short
    harbour lights, slow dawn / quiet engine
the winter coat : A minor : 70 : trio : short
    winter coat, glass river / tall grass
glass river : E minor : 68 : duo : short
    glass river, winter coat / tall grass
slow dawn over gravel : G major : 74 : trio : short
    slow dawn, harbour lights / open window
leave the window open : D major : 82 : one : short
    slow dawn, harbour lights / open window
quiet engine : G major : 78 : duo : short
    harbour lights, open window / quiet engine
paper boats : D major : 108 : duo : waltz
    paper boats, ferry bell / ferry bell
the orchard gate : A minor : 100 : trio : waltz
    orchard gate, black umbrella / black umbrella
ferry bell waltz : G major : 112 : one : waltz
    ferry bell, paper boats / ferry bell
umbrella in the orchard : E minor : 96 : duo : waltz
    orchard gate, black umbrella / black umbrella
candle smoke : A minor : 50 : duo : compound
    candle smoke, tall wheat / tall wheat
tide table : C major : 54 : trio : compound
    tide table, lantern sway / lantern sway
lanterns on the river : G major : 58 : one : compound
    lantern sway, tide table / tide table
wheat field radio : B minor : 52 : duo : compound
    candle smoke, tall wheat / tall wheat

== surf ==
salt spray : E minor : 158 : pair : rock
    salt spray, chrome pelican / drag strip moon
reef break : A minor : 150 : pair : rock
    reef break, hula static / sand in the amp
bonfire on the pier : A major : 136 : pair : rock
    beach bonfire, pier lights / lagoon lights
drag strip moon : G minor : 164 : trio : rock
    drag strip moon, reef break / salt spray
hula static : A minor : 142 : pair : rock
    hula static, sand in the amp / chrome pelican
lagoon at low tide : A major : 120 : pair : short
    lagoon lights, beach bonfire / pier lights
chrome pelican : B minor : 168 : pair : rock
    chrome pelican, reef break / hula static
sand in the amplifier : A minor : 154 : pair : rock
    sand in the amp, drag strip moon / salt spray

== funk_rock ==
subway tiles : E mixolydian : 98 : trio : rock
    subway tiles, hot pavement / brass button
rubber boots : A dorian : 104 : duo : rock
    rubber boot, pocket comb / stairwell echo
coin in the vending machine : E minor : 96 : duo : rock
    vending machine, loose change / stairwell echo
pocket comb : G dorian : 108 : one : rock
    pocket comb, vending machine / rubber boot
hot pavement : G mixolydian : 112 : duo : rock
    hot pavement, subway tiles / brass button
echo in the stairwell : B minor : 100 : twin : rock
    loose change, vending machine / stairwell echo
loose change : E dorian : 106 : one : rock
    loose change, pocket comb / rubber boot
brass buttons : A mixolydian : 94 : trio : rock
    brass button, subway tiles / hot pavement

== grunge ==
wet cardboard castle : E minor : 112 : duo : rock
    wet cardboard, static lullaby / attic window
rainy mixtape : A minor : 104 : trio : rock
    rainy mixtape, cough syrup / attic window
attic window : E minor : 118 : one : rock
    static lullaby, wet cardboard / attic window
cough syrup summer : A minor : 96 : duo : rock
    cough syrup, rainy mixtape / wet cardboard
flannel sky : G mixolydian : 124 : duo : long
    flannel sky, porch swing / loud as rain
lullaby for static : F# minor : 100 : twin : rock
    static lullaby, wet cardboard / attic window
second hand boots : A mixolydian : 128 : one : rock
    second hand boots, flannel sky / loud as rain
loud as rain : D mixolydian : 116 : trio : rock
    porch swing, second hand boots / loud as rain

== no_guitar ==
piano for an empty room : C major : 72 : piano : short
    harbour lights, slow dawn / slow dawn
organ loft boogie : G blues : 126 : organ : blues
    freight yard, railway spikes / freight yard
strings at the station : A minor : 66 : strings : short
    winter coat, glass river / rainy mixtape
electric piano weather : E minor : 84 : electric piano : short
    glass river, rainy mixtape / winter coat
carousel after closing : D major : 104 : organ : waltz
    paper boats / paper boats
barrelhouse cat : G blues : 138 : piano : quick blues
    freight yard, hen house / railway spikes
chapel by the motorway : C major : 52 : organ : compound
    tide table / tide table
snow on the synthesizer : B minor : 90 : strings : short
    rainy mixtape, winter coat / glass river
""".strip()
