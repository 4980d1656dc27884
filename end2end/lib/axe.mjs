// Checks a page against WCAG 2.2, levels A and AA, as far as a program can.

import axe from 'axe-core';

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

// Evaluated by the browser's debugger, which the page's Content-Security-Policy does not bind.
export async function checkAccessibility(page) {
  const { violations } = await inTime(run(page));
  if (violations.length > 0) {
    throw new Error(`accessibility of ${page.url()}\n${violations.map(readable).join('\n')}`);
  }
}

async function run(page) {
  await page.evaluate(axe.source);
  return page.evaluate(
    (values) =>
      globalThis.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
    levels,
  );
}

// Without scripts axe waits for itself, and for ever.
async function inTime(result) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('axe did not finish: does this page run scripts?')), 20_000);
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}

function readable({ id, impact, help, nodes }) {
  const places = nodes.map(({ target, failureSummary }) => {
    const why = failureSummary.split('\n').slice(1).map((line) => line.trim()).join('; ');
    return `      ${target.join(' ')}: ${why}`;
  });
  return `    ${impact}: ${help} (${id})\n${places.join('\n')}`;
}
