import { top } from '../../../api/queries';
import { className } from '../../../lib/format';

/** What is known of sets beside what they say themselves. */
const known: Record<string, string[]> = {
  stamps: [
    'Every thing stands alone on white. That is easier than everyday photographs: shape and colour go a long way, and scores are higher here than elsewhere.',
    'The pictures were collected by volunteers for a children’s drawing program: what such a program likes to show, as tidy single things. They are no fair sample of animals, plants or tools, and the coins are those of three countries.',
    'Some were retouched, and small ones were enlarged and look soft.',
    'A thing belongs to one category, even where two would fit: the sea lion is a sea animal, the otter a carnivore, the tomato a vegetable.',
  ],
  iconic200: [
    'Categories are alike on purpose: beetle, sedan and ferrari are all cars, and a result of another kind of car counts as wrong.',
    'Landmarks are shown as tourists photograph them and share them on Flickr.',
  ],
  fashion200: [
    'Photographs of one shop, on white, and each thing from the same side: a network has little to be confused by.',
    'Categories say to whom a thing is sold. A shirt for women and one for men may be the same to the eye.',
  ],
  tinyimagenet: [
    'The pictures were cut out of ImageNet, which the networks were trained on: they may have seen these very photographs.',
    '64 pixels are enlarged to what a network looks at, and look soft to it.',
  ],
  cifar10: [
    '32 pixels are enlarged to what a network looks at; little more than colours and outlines is left.',
    'Categories are broad, and their pictures differ widely.',
  ],
};

/** What to beware of when a set is searched; classes have sizes where they are known. */
export function warnings(dataset: string, classes: readonly { name: string; images?: number }[]): string[] {
  const all = [...known[dataset] ?? []];
  if (classes.length === 0) all.push('There are no categories, and so no search score.');
  const small = classes.filter(({ images }) => images !== undefined && images <= top).map(({ name }) => className(name));
  if (small.length > 0) {
    all.push(`Too small for a score of 100, with ${top} pictures or fewer: ${small.join(', ')}.`);
  }
  return all;
}
