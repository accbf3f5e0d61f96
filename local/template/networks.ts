import type { DeployedFunction } from './functions.ts';
import type { Resolver } from './resolver.ts';

/**
 * AWS services that a function can reach: undefined for all (outside of a network, or with a NAT gateway), else those with an endpoint in
 * its network. In AWS a call to any other hangs until its timeout.
 */
export function reachableServices(resolver: Resolver, fn: Pick<DeployedFunction, 'subnetIds'>): ReadonlySet<string> | undefined {
  if (fn.subnetIds.length === 0 || resolver.resources('AWS::EC2::NatGateway').length > 0) return undefined;
  const networks = new Set(
    resolver
      .resources('AWS::EC2::Subnet')
      .filter((subnet) => fn.subnetIds.includes(resolver.ref(subnet)))
      .map((subnet) => (resolver.properties(subnet) as { VpcId: string }).VpcId),
  );
  return new Set(
    resolver
      .resources('AWS::EC2::VPCEndpoint')
      .map((endpoint) => resolver.properties(endpoint) as { VpcId: string; ServiceName: string })
      .filter(({ VpcId }) => networks.has(VpcId))
      .map(({ ServiceName }) => ServiceName.split('.').at(-1) ?? ''),
  );
}
