// Shows the snippet with the address of this service, as pages of other origins need it.
const { origin } = location
document.getElementById("snippet").textContent = `<lead-form form="demo"><a href="${origin}/f/demo" target="_top">Open the form</a></lead-form>
<script async src="${origin}/embed.js"></script>`
