import js from "@eslint/js"
import stylistic from "@stylistic/eslint-plugin"
import globals from "globals"

// Properties that parse markup: the widget inserts the texts of owners and visitors as text only.
const MARKUP = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"]

export default [
  { ignores: ["build/", "target/", "node_modules/", ".wrangler/"] },
  js.configs.recommended,
  {
    plugins: { style: stylistic },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "style/quotes": ["error", "double", { avoidEscape: true }],
      "style/semi": ["error", "never"],
      "style/indent": ["error", 2, { SwitchCase: 1 }],
      "style/no-trailing-spaces": "error",
      "style/eol-last": "error",
      "style/comma-dangle": ["error", "always-multiline"],
      "style/max-len": ["error", { code: 130, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreUrls: true }],
      "no-unused-vars": ["error", { varsIgnorePattern: "^_$" }],
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["www/**"],
    languageOptions: { globals: globals.browser },
    rules: { "no-restricted-properties": ["error", ...MARKUP.map((property) => ({ property, message: "use textContent" }))] },
  },
  { files: ["src/**"], languageOptions: { globals: globals.serviceworker } },
  { files: ["tests/**", "tools/**", "benches/**", "*.mjs"], languageOptions: { globals: globals.node } },
  // Some functions of these tests run in the page.
  { files: ["tests/www/**"], languageOptions: { globals: globals.browser } },
]
