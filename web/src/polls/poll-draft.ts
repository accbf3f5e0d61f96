/** A poll in the form. */
export interface PollDraft {
  readonly question: string;
  readonly options: readonly string[];
}

export interface PollErrors {
  readonly question?: string;
  /** Errors by index of the answer. */
  readonly options?: Readonly<Record<number, string>>;
}

/** A poll that can be posted. */
export interface CheckedPoll {
  readonly eventType: 'poll';
  readonly question: string;
  readonly options: string[];
  readonly multiple?: boolean;
  readonly closesAt?: string;
}

const maxQuestion = 300;
const maxOption = 120;

/** Checks a draft: returns the poll, or the errors by field. Empty answers at the end are left out. */
export function checkPoll(draft: PollDraft): { readonly poll?: { question: string; options: string[] }; readonly errors: PollErrors } {
  const question = draft.question.trim();
  const options = draft.options.map((option) => option.trim());
  const filled = options.filter((option) => option !== '');
  const wrong = Object.fromEntries(options.flatMap((option, index) => problemOf(option, index, options).map((says) => [index, says])));
  if (filled.length < 2 && Object.keys(wrong).length === 0) wrong[options.indexOf('')] = 'A poll has at least two answers.';
  const questionProblem =
    question === '' ? 'What do you want to ask?' : question.length > maxQuestion ? `At most ${maxQuestion} characters.` : undefined;
  const errors: PollErrors = {
    ...(questionProblem !== undefined && { question: questionProblem }),
    ...(Object.keys(wrong).length > 0 && { options: wrong }),
  };
  return Object.keys(errors).length === 0 ? { poll: { question, options: filled }, errors } : { errors };
}

function problemOf(option: string, index: number, all: readonly string[]): string[] {
  if (option === '') return [];
  if (option.length > maxOption) return [`At most ${maxOption} characters.`];
  return all.indexOf(option) < index ? ['This answer stands there already.'] : [];
}
