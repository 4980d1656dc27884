// The list of ingresses, as a person reads it.

// Does what leads to another page, and waits for that page.
export async function follow(page, act) {
  const loaded = page.waitForEvent('load');
  await act();
  await loaded;
}

// Every row: the text of its cells by the head of their column, its address, and when it was created.
export function rows(page) {
  return page.locator('.inventory tbody tr').evaluateAll((elements) =>
    elements.map((row) => ({
      ...Object.fromEntries(
        [...row.querySelectorAll('[data-label]')].map((cell) => [cell.dataset.label, cell.innerText.trim()]),
      ),
      address: row.querySelector('th a').getAttribute('href'),
      created: row.querySelector('[data-label=Age] time')?.dateTime,
    })),
  );
}

// One line for each row, by which two lists are compared.
export async function places(page) {
  return (await rows(page)).map(place);
}

export const place = (row) => `${row.Cluster} ${row.Namespace}/${row.Name}`;

export const countText = (page) => page.locator('#count').innerText();

// `— 12 of 400 match` and `— 400` say how many are found.
export async function found(page) {
  return Number((await countText(page)).match(/[\d,]+/)[0].replaceAll(',', ''));
}

export const filterForm = (page) => page.getByRole('search');

export const apply = (page) =>
  follow(page, () => page.getByRole('button', { name: 'Apply' }).click());

// A field of the form; chips and the choice of columns have the same words.
export const field = (page, label) => filterForm(page).getByLabel(new RegExp(`^${label}`));

// Sets fields by their labels, and applies them. Some are folded away.
export async function filter(page, fields) {
  for (const [label, value] of Object.entries(fields)) {
    const input = field(page, label);
    if (!(await input.isVisible())) await filterForm(page).getByText(/^More filters/).click();
    if (await input.evaluate((element) => element.tagName === 'SELECT')) await input.selectOption(value);
    else await input.fill(value);
  }
  await apply(page);
}

export const search = (page, words) => filter(page, { Search: words });

export const clear = (page) =>
  follow(page, () => filterForm(page).getByRole('link', { name: 'Clear filters' }).click());

export const head = (page, label) => page.getByRole('columnheader', { name: label, exact: true });

export const sortBy = (page, label) => follow(page, () => head(page, label).getByRole('link').click());
