// Makes what already works better; a page without it can be read and every form be sent.
// The two vendored scripts are named by the page, since their addresses carry their hashes.

const load = (name) => import(document.querySelector(`link[data-hab-script="${name}"]`).href);

const filters = (moj) => {
  for (const root of document.querySelectorAll('[data-hab-module="filter"]')) {
    const holder = root.closest("[data-hab-filter-page]")?.querySelector("[data-hab-filter-button]");
    if (!holder) continue;
    new moj.FilterToggleButton(root, {
      bigModeMediaQuery: "(min-width: 48.063em)",
      startHidden: false,
      toggleButton: {
        showText: root.dataset.show,
        hideText: root.dataset.hide,
        classes: "govuk-button--secondary",
      },
      toggleButtonContainer: { element: holder },
      closeButton: { text: root.dataset.close, classes: "moj-filter__close" },
      closeButtonContainer: { selector: ".moj-filter__header-action" },
    });
  }
};

if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  const [govuk, moj] = await Promise.all([load("govuk"), load("moj")]);
  govuk.initAll();
  moj.initAll();
  filters(moj);
}
