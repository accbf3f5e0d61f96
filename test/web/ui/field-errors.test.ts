import { expect, test } from '@jest/globals';
import { errorKinds, problemType, type ErrorCode, type FieldError, type Problem } from '../../../contract/errors.ts';
import { fieldErrors } from '../../../web/src/ui/field-errors.ts';

const problem = (code: ErrorCode, given: { errors?: FieldError[]; detail?: string }): Problem => ({
  ...errorKinds[code],
  type: problemType(code),
  code,
  requestId: 'req_1',
  ...given,
});
const fields = ['name', 'description'] as const;

test('each error goes to its field, and the first one wins', () => {
  const errors = [
    { path: 'body.name', message: 'must not be empty' },
    { path: 'body.name', message: 'second' },
    { path: 'body.description', message: 'is too long' },
  ];
  expect(fieldErrors(problem('invalid_input', { errors }), fields)).toEqual({ name: 'Must not be empty', description: 'Is too long' });
});

test('an error of a field outside the form is not lost', () => {
  const errors = [{ path: 'body.streamType', message: 'must be channel' }];
  expect(fieldErrors(problem('invalid_input', { errors }), fields)).toEqual({ form: 'Stream type must be channel.' });
});

test('a field name that only begins the same is another field', () => {
  const errors = [{ path: 'body.nameless', message: 'no' }];
  expect(fieldErrors(problem('invalid_input', { errors }), fields).name).toBeUndefined();
});

test('a problem without fields goes to the form', () => {
  expect(fieldErrors(problem('rate_limited', {}), fields)).toEqual({ form: 'Too many requests at once. Wait a moment, then try again.' });
  expect(fieldErrors(problem('conflict', { detail: 'The slug is taken' }), fields)).toEqual({
    form: 'This is taken already. The slug is taken. Choose another one, or try again.',
  });
});

test('a reason for programmers is not shown at a field', () => {
  const errors = [{ path: 'body.name', message: 'Invalid option: expected one of "a"|"b"' }];
  expect(fieldErrors(problem('invalid_input', { errors }), fields)).toEqual({ name: 'Is not valid' });
});
