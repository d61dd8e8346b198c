// Applications that show what the builder's snippet panel gives for a framework.
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const root = fileURLToPath(new URL("../..", import.meta.url))

// A script with the `code` of the tab for React: a button leaves the form and shows it again.
export function reactApplication(code) {
  return bundled({ "./LeadForm.jsx": code }, `
    import { StrictMode, useState, createElement as h } from "react"
    import { createRoot } from "react-dom/client"
    import LeadForm from "./LeadForm.jsx"
    function App() {
      const [isShown, show] = useState(true)
      return h("div", null, h("button", { onClick: () => show(!isShown) }, "Turn"), isShown && h(LeadForm))
    }
    createRoot(document.getElementById("app")).render(h(StrictMode, null, h(App)))`)
}

// An application: its `files` by their path, and its `start`.
export async function bundled(files, start) {
  const given = {
    name: "given",
    setup(builder) {
      builder.onResolve({ filter: /^\.\/LeadForm/ }, ({ path }) => ({ path, namespace: "given" }))
      builder.onLoad({ filter: /./, namespace: "given" }, ({ path }) => ({ contents: files[path], loader: "jsx", resolveDir: root }))
    },
  }
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents: start, resolveDir: root }, plugins: [given], bundle: true, write: false, format: "iife", jsx: "automatic",
    define: { "process.env.NODE_ENV": "\"development\"", __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
  })
  return text
}
