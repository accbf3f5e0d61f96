import { describe, expect, test } from '@jest/globals';
import { functionsOf, resourcesOf, synthesize, withoutHash, type Resource } from './synthesized.ts';

const { service } = synthesize('dev');
const [[id, published]] = resourcesOf(service, 'Custom::PublicKeys') as [[string, Resource]];

describe('the public keys', () => {
  test('are derived during a deployment by a function outside of the network', () => {
    expect(withoutHash(published.Properties['ServiceToken']['Fn::GetAtt'][0])).toBe('KeysPublish');
    expect(functionsOf(service).get('KeysPublish')!.Properties['VpcConfig']).toBeUndefined();
  });

  test('are derived when the function may read the secrets', () => {
    expect((published.DependsOn ?? []).map(withoutHash)).toEqual(expect.arrayContaining(['KeysPublishRoleDefaultPolicy']));
  });

  test('are derived again with another generation of the keys', () => {
    const [[, next]] = resourcesOf(synthesize('dev', { context: { keys: '2' } }).service, 'Custom::PublicKeys') as [[string, Resource]];
    expect([published.Properties['keys'], next.Properties['keys']]).toEqual(['1', '2']);
  });

  test('are all that a verifier is told', () => {
    for (const [name, { Properties }] of functionsOf(service)) {
      const { USER_TOKEN_PUBLIC_KEYS: tokens, TICKET_PUBLIC_KEYS: tickets } = Properties['Environment'].Variables as Record<
        string,
        unknown
      >;
      if (tokens !== undefined) expect([name, tokens]).toEqual([name, { 'Fn::GetAtt': [id, 'userTokens'] }]);
      if (tickets !== undefined) expect([name, tickets]).toEqual([name, { 'Fn::GetAtt': [id, 'tickets'] }]);
    }
  });
});
