// Before the page is painted: the theme somebody chose; without a choice, what their system says.
(() => {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'light' || chosen === 'dark')
    document.documentElement.dataset.theme = chosen;
})();
