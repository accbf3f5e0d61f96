import { useState } from 'react';
import { CloseButton } from '@mantine/core';
import type { Person } from '../../../contract/stream.ts';
import { Avatar } from '../ui/avatar.tsx';
import { PickField } from '../ui/pick-field.tsx';
import { sentenceOf } from '../ui/problem-words.ts';
import classes from './people-picker.module.css';
import { usePeople } from '../workspace/people-search.ts';

interface Props {
  readonly label: string;
  readonly chosen: readonly Person[];
  readonly onChange: (chosen: readonly Person[]) => void;
  /** People who are not offered, because they are members already. */
  readonly without: ReadonlySet<string>;
  readonly most: number;
  readonly error?: string | undefined;
}

/** Picks members of the workspace by name; the field shows them until they are removed. */
export function PeoplePicker({ label, chosen, onChange, without, most, error }: Props) {
  const [query, setQuery] = useState('');
  const { people, loading, problem } = usePeople(query);
  const isChosen = (id: string): boolean => chosen.some((person) => person.id === id);
  const isFull = chosen.length >= most;
  const options = people
    .filter(({ id }) => !without.has(id) && !isChosen(id))
    .slice(0, isFull ? 0 : 8)
    .map(({ id, name, role }) => ({
      key: id,
      value: { id, name },
      name,
      icon: <Avatar id={id} name={name} size={22} />,
      note: role === 'guest' ? `@${id}, guest` : `@${id}`,
    }));
  return (
    <PickField
      variant="boxed"
      label={label}
      listLabel="People"
      placeholder={chosen.length === 0 ? 'Type a name' : ''}
      query={query}
      onQuery={setQuery}
      options={options}
      onPick={(person) => {
        onChange([...chosen, person]);
        setQuery('');
      }}
      onBack={() => onChange(chosen.slice(0, -1))}
      nothing={isFull ? `That is the most: ${most}.` : problem ? sentenceOf(problem) : loading ? 'Looking…' : 'Nobody else is found.'}
      error={error}
    >
      {chosen.map((person) => (
        <span key={person.id} className={classes.chip}>
          <Avatar id={person.id} name={person.name} size={18} />
          <bdi>{person.name}</bdi>
          <CloseButton
            size="xs"
            aria-label={`Take ${person.name} out`}
            onClick={() => onChange(chosen.filter(({ id }) => id !== person.id))}
          />
        </span>
      ))}
    </PickField>
  );
}
