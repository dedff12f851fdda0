// What tests/web/looks.py asks of a page. Each function returns what is wrong, in words.

// What stands to be read on the screen: the boxes around words, without what only a screen can be used for.
function remember() {
  const of_a_screen = 'form:not(.printed), nav, button, summary, select, .usa-button, .usa-sr-only, .sources, .legend, .give, .notice, [hidden]';
  const walk = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  window.shown = [];
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && !box.closest(of_a_screen) && box.checkVisibility()) window.shown.push(box);
  }
}

function inPrint(paper) {
  const wrong = [];
  const word = box => box.textContent.trim().slice(0, 40);
  for (const box of document.querySelectorAll('header, nav:not(:has(.case-name)), .tabs, footer a, button, .usa-button'))
    if (box.checkVisibility({visibilityProperty: true})) wrong.push(`is printed, and nobody can use it on paper: ${word(box)}`);
  for (const box of window.shown) if (!box.checkVisibility()) wrong.push(`is not printed: ${word(box)}`);
  for (const box of document.querySelectorAll('main, main *')) {
    if (!box.checkVisibility() || box.closest('.usa-sr-only, svg, select')) continue;
    const style = getComputedStyle(box);
    const cut = style.overflowY !== 'visible' && box.scrollHeight > box.clientHeight + 2
      || style.overflowX !== 'visible' && box.scrollWidth > box.clientWidth + 2;
    if (cut && style.display !== 'inline') wrong.push(`is cut off in print: ${word(box)}`);
    if (box.getBoundingClientRect().right > paper + 1) wrong.push(`is wider than the paper: ${word(box)}`);
  }
  return [...new Set(wrong)];
}

// Where colours are forced, what a colour shows has to be shown by a line and its kind: each of these has its own.
function inForcedColours() {
  const wrong = [];
  const drawn = (box, part) => {
    const style = getComputedStyle(box, part);
    const sides = ['Top', 'Right', 'Bottom', 'Left'].map(side =>
      parseFloat(style[`border${side}Width`]) ? `${style[`border${side}Style`]} ${style[`border${side}Width`]}` : '-');
    return [...sides, style.textDecorationLine, style.textDecorationStyle, style.fontWeight].join(' ');
  };
  const apart = (boxes, kind) => {
    const known = new Map();
    for (const box of boxes) {
      const [name, look] = [kind(box), drawn(box)];
      if (known.has(look) && known.get(look) !== name) wrong.push(`${name} looks like ${known.get(look)}`);
      known.set(look, name);
    }
  };
  apart(document.querySelectorAll('main mark:not(.chosen)'), box => box.className);
  apart(document.querySelectorAll('main .record:not(.chosen):not(:target)'), box => box.className.replace('step', '').trim());
  const ground = getComputedStyle(document.body).backgroundColor;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const box = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !box.checkVisibility({visibilityProperty: true}) || box.closest('[disabled], svg')) continue;
    let under = box;
    while (under && clear(getComputedStyle(under).backgroundColor)) under = under.parentElement;
    const paint = under ? getComputedStyle(under).backgroundColor : ground;
    if (light(getComputedStyle(box).color, paint) < 4.5) wrong.push(`cannot be read: ${walk.currentNode.data.trim().slice(0, 40)}`);
  }
  for (const box of document.querySelectorAll('[aria-current], .chosen, [aria-selected=true]')) {
    const beside = [...box.parentElement.parentElement.querySelectorAll(box.localName)].find(each => each !== box && !each.matches('[aria-current], .chosen'));
    if (box.checkVisibility() && beside && drawn(box) === drawn(beside) && getComputedStyle(box).outlineStyle === 'none')
      wrong.push(`is chosen, and looks like what is not: ${box.textContent.trim().slice(0, 40)}`);
  }
  for (const box of document.querySelectorAll('main .bar .shown, main .bar .possible, main .progress span, main .share-kept')) {
    if (!box.checkVisibility()) continue;
    const style = getComputedStyle(box);
    const ink = box.localName === 'rect' ? style.fill : style.backgroundImage === 'none' ? style.backgroundColor : style.color;
    if (light(ink, ground) < 3) wrong.push(`cannot be told from its ground: ${box.getAttribute('class') || box.localName}`);
  }
  return [...new Set(wrong)];
  function clear(colour) {
    return /^rgba.* 0\)$/.test(colour) || colour === 'transparent';
  }
  function light(one, other) {
    const lum = colour => {
      const [r, g, b, a] = (colour.match(/[0-9.]+/g) || []).map(Number);
      if (a === 0) return lum(ground);
      return [r, g, b].map(x => (x /= 255) <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4)
        .reduce((sum, x, i) => sum + x * [.2126, .7152, .0722][i], 0);
    };
    const [bright, dark] = [lum(one), lum(other)].sort((a, b) => b - a);
    return (bright + .05) / (dark + .05);
  }
}

function moves() {
  return [...document.querySelectorAll('*')].filter(box => {
    const style = getComputedStyle(box);
    const lasts = parseFloat(style.animationDuration) > 0.01 && style.animationName !== 'none';
    const slides = style.transitionDuration.split(',').some(each => parseFloat(each) > 0.01);
    return lasts || slides || style.scrollBehavior === 'smooth';
  }).map(box => `${box.localName}.${box.className}`).slice(0, 5);
}

// The browser shows the focus that script moves only if a key was pressed before.
function withoutFocus() {
  const wrong = [];
  const at = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  for (const box of document.querySelectorAll(at)) {
    if (!box.checkVisibility({visibilityProperty: true}) || box.disabled) continue;
    box.focus();
    if (document.activeElement !== box) continue;
    const seen = [box, ...(box.labels ?? [])].some(each => [null, '::before'].some(part => {
      const style = getComputedStyle(each, part);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none';
    }));
    if (!seen) wrong.push(`does not show that it has the focus: ${box.outerHTML.slice(0, 100)}`);
  }
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  return wrong;
}
