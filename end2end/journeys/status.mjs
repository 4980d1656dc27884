export const title = 'the overview opens, with and without JavaScript, and everyone can use it';

export default async function ({ page, withoutJavaScript, step, expect, axe }) {
  step('open the overview');
  await page.goto('/');
  await expect.visible(page.getByRole('heading', { level: 1 }));

  step('check its accessibility');
  await axe(page);

  step('open it without JavaScript');
  await withoutJavaScript(async (plain) => {
    await plain.goto('/');
    await expect.visible(plain.getByRole('heading', { level: 1 }));
  });
}
