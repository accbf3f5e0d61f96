import type { DeployedFunction } from './functions.ts';
import type { Resolver } from './resolver.ts';

/**
 * Which AWS services a function can reach: undefined when all of them (outside of a network, or where a NAT gateway leads out); otherwise
 * those that its network has an endpoint for. In AWS a call to any other would hang until its time-out.
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
