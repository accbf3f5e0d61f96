/** The demo workspace and its users. */
export const demoWorkspace = 'Northwind Coffee';

export const demoUsers = [
  { id: 'maya', name: 'Maya Okafor', email: 'maya@northwind.example', role: 'owner' },
  { id: 'jonas', name: 'Jonas Weber', email: 'jonas@northwind.example', role: 'admin' },
  { id: 'priya', name: 'Priya Raman', email: 'priya@northwind.example', role: 'member' },
  { id: 'tomas', name: 'Tomás Silva', email: 'tomas@northwind.example', role: 'member' },
] as const;

type Author = (typeof demoUsers)[number]['id'];

interface Channel {
  readonly name: string;
  readonly slug: string;
  readonly description: string;
  readonly by: Author;
  readonly messages: readonly (readonly [Author, string])[];
}

/** Conversations of the demo: a launch, a support case and everyday topics, with the Markdown that people use. */
export const demoChannels: readonly Channel[] = [
  {
    name: 'General',
    slug: 'general',
    description: 'Everything that has no better place',
    by: 'maya',
    messages: [
      ['maya', 'Good morning! The roaster for the second shop arrives on **Thursday**. Who can be there at eight?'],
      ['tomas', 'I can. Do we have a ramp, or do I bring the one from the old shop?'],
      ['maya', 'Bring it, please. The step at the back door is higher than it looks.'],
      [
        'priya',
        'I wrote the checklist for the delivery:\n\n- [ ] measure the door once more\n- [ ] clear the corridor\n- [ ] turn off the smoke detector *before* the test burn',
      ],
      ['jonas', 'And turn it on again afterwards 🙂'],
      ['priya', 'Fair. Added.'],
    ],
  },
  {
    name: 'Launch: subscriptions',
    slug: 'launch-subscriptions',
    description: 'Coffee by post, from the first of December',
    by: 'jonas',
    messages: [
      ['jonas', 'The checkout works end to end in the test shop. What is missing is the mail that goes out when a payment fails.'],
      [
        'priya',
        'I have a draft of that mail. Three sentences, no apology theatre:\n\n> Your card was declined. Your coffee waits until Friday. Here is the link to try again.',
      ],
      ['maya', 'Love it. Please say *which* card: people have several.'],
      ['jonas', 'We only keep the last four digits, so `•••• 4242` it is.'],
      [
        'tomas',
        'For the calendar, the dates as I understood them:\n\n| what | when |\n|---|---|\n| soft launch for newsletter readers | Monday |\n| everybody | Thursday |\n| first boxes leave | the Tuesday after |',
      ],
      ['maya', 'Yes, exactly these. Let us look at the numbers on Friday before we send the second newsletter.'],
      ['priya', 'I will prepare them with:\n\n```sql\nselect plan, count(*) from subscriptions group by plan;\n```'],
    ],
  },
  {
    name: 'Customer questions',
    slug: 'customer-questions',
    description: 'What people ask us, and what we answered',
    by: 'priya',
    messages: [
      ['priya', 'A customer asks whether the decaf is made with water or with solvents.'],
      ['tomas', 'Swiss water process, both of them. The certificate is on the [supplier page](https://example.com/decaf).'],
      ['priya', 'Thanks! Answered, and added to the questions page.'],
      ['jonas', 'Another one: can one pause a subscription over the holidays?'],
      ['maya', 'Not yet, but we should be able to do it by hand until it is built. Put such requests here and I will do it the same day.'],
    ],
  },
];

/** A thread below one of these messages. */
export const demoThread = {
  slug: 'customer-questions',
  /** Index of the thread's root message in its channel. */
  message: 3,
  replies: [
    ['priya', 'Two more ask for it today. Shall we put a line about it into the newsletter?'],
    ['maya', 'Good idea. “Write to us and we pause it for you” is enough for now.'],
    ['tomas', 'I have the wording, it goes out with the next one.'],
  ],
} as const satisfies { slug: string; message: number; replies: readonly (readonly [Author, string])[] };

export const demoPoll = {
  slug: 'general',
  by: 'tomas',
  question: 'When do we cup the new harvest?',
  options: ['Thursday after the delivery', 'Friday morning', 'Monday'],
  votes: [
    ['maya', 1],
    ['priya', 1],
    ['jonas', 0],
  ],
} as const satisfies {
  slug: string;
  by: Author;
  question: string;
  options: readonly string[];
  votes: readonly (readonly [Author, number])[];
};

export const demoReactions = [
  { slug: 'general', message: 4, emoji: '😄', by: ['maya', 'priya'] },
  { slug: 'launch-subscriptions', message: 1, emoji: '❤️', by: ['maya', 'tomas'] },
] as const satisfies readonly { slug: string; message: number; emoji: string; by: readonly Author[] }[];

export const demoDm = {
  between: ['maya', 'jonas'],
  messages: [
    ['jonas', 'Do you have ten minutes for the numbers before the others see them?'],
    ['maya', 'At four, with coffee.'],
  ],
} as const satisfies { between: readonly Author[]; messages: readonly (readonly [Author, string])[] };
