import { ApiMapping, DomainName, type HttpApi, type IStage, type WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../stage.ts';

export interface GatewayDomainProps {
  readonly stage: Stage;
  /** First label of the host name. */
  readonly name: 'http' | 'sockets';
  readonly api: HttpApi | WebSocketApi;
  readonly apiStage: IStage;
  /** First segment of the path; without one the stage answers at the root. */
  readonly path?: string;
}

/**
 * Host name at which CloudFront and functions reach a gateway: a regional domain name of its own, or the default endpoint. A gateway with a
 * name of its own has its default endpoint disabled (`disablesDefault`). An output says where the name has to point.
 */
export function gatewayHost(scope: Construct, { stage, name, api, apiStage, path }: GatewayDomainProps): string {
  const { region, urlSuffix } = Stack.of(scope);
  if (!stage.gateways) return `${api.apiId}.execute-api.${region}.${urlSuffix}`;
  const host = `${name}.${stage.gateways.name}`;
  const domainName = new DomainName(scope, 'Domain', {
    domainName: host,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', stage.gateways.certificateArn),
  });
  new ApiMapping(scope, 'Mapping', { api, domainName, stage: apiStage, ...(path !== undefined && { apiMappingKey: path }) });
  new CfnOutput(scope, 'Target', { value: domainName.regionalDomainName, description: `Where ${host} has to point (CNAME)` });
  return host;
}

/** True when the default endpoints of the gateways are disabled. */
export const disablesDefault = ({ gateways }: Stage): boolean => gateways !== undefined;
