// The theme wraps wide tables into boxes that scroll: let a keyboard reach them too.
window.addEventListener("load", () => {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap")) box.tabIndex = 0
})
