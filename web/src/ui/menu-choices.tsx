import type { ReactNode } from 'react';
import { Menu } from '@mantine/core';

interface Props<Value extends string> {
  readonly label: string;
  readonly choices: readonly { readonly value: Value; readonly label: ReactNode }[];
  readonly value: Value | null;
  readonly onPick: (value: Value) => void;
}

/** A group of exclusive choices in a menu; choosing closes the menu. */
export function MenuChoices<Value extends string>({ label, choices, value, onPick }: Props<Value>) {
  return (
    <>
      <Menu.Label>{label}</Menu.Label>
      <Menu.RadioGroup value={value}>
        {choices.map((choice) => (
          <Menu.RadioItem
            key={choice.value}
            value={choice.value}
            closeMenuOnClick
            onChange={() => choice.value !== value && onPick(choice.value)}
          >
            {choice.label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}
