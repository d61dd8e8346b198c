// The snippet as it has to be pasted into a page of another origin.
const { origin } = location
document.getElementById("snippet").textContent = `<lead-form form="demo"><a href="${origin}/f/demo" target="_top">Open the form</a></lead-form>
<script async src="${origin}/embed.js"></script>`
