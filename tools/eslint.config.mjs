// What `make lint` asks of the player: plain modules for browsers, nothing unused or undefined.
const browser = [
  ..."AudioBuffer AudioBufferSourceNode AudioContext CSS CustomEvent Event EventTarget GainNode".split(" "),
  ..."ResizeObserver WeakRef atob clearInterval document globalThis innerHeight".split(" "),
  ..."requestAnimationFrame setInterval".split(" "),
];

export default [
  {
    files: ["**/*.js"],
    languageOptions: {
      ecmaVersion: 2023,
      sourceType: "module",
      globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: Object.fromEntries([
      ..."array-callback-return consistent-return default-case-last eqeqeq no-alert".split(" "),
      ..."no-cond-assign no-constant-condition no-dupe-keys no-duplicate-imports no-eval".split(" "),
      ..."no-fallthrough no-implied-eval no-new-func no-redeclare no-script-url no-self-assign".split(" "),
      ..."no-shadow no-undef no-unreachable no-unused-expressions no-unused-vars".split(" "),
      ..."no-var prefer-const require-await".split(" "),
    ].map((rule) => [rule, "error"])),
  },
];
