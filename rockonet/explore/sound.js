// Of plain players one sounds at a time: what begins to play stops the others in the page.
if (!globalThis.rockonetOneSound) {
  globalThis.rockonetOneSound = (e) => document.querySelectorAll("audio").forEach((audio) => {
    if (audio !== e.target) audio.pause();
  });
  document.addEventListener("play", globalThis.rockonetOneSound, true); // it does not bubble
}
