document.querySelector("[data-md-component=search]")?.setAttribute("aria-label", "Search") // the theme gives it no name
