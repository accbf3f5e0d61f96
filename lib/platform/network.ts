import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Stage } from '../stage.ts';

/**
 * A network without a way out: two isolated subnets, and endpoints for the four services that functions in it use. There is no
 * NAT gateway to pay, and nothing to leak through. An `execute-api` endpoint must never be added: it takes over the names of
 * public APIs and cannot reach them.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Every function that runs in the network is in this group, and nothing else. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 }],
      // It would take a custom resource; nothing here uses the default group.
      restrictDefaultSecurityGroup: false,
    });
    this.functions = new SecurityGroup(this, 'Functions', { vpc: this.vpc, description: 'Functions that run in the network' });
    this.#addFlowLog(props.stage);
    this.#addEndpoints(props.stage);
  }

  #addFlowLog({ logs }: Stage): void {
    const logGroup = new LogGroup(this, 'RefusedTraffic', {
      retention: logs.retention,
      removalPolicy: logs.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(logGroup), trafficType: FlowLogTrafficType.REJECT });
  }

  #addEndpoints({ endpointZones }: Stage): void {
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    const callers = new SecurityGroup(this, 'Endpoints', { vpc: this.vpc, description: 'Interface endpoints', allowAllOutbound: false });
    callers.addIngressRule(this.functions, Port.HTTPS, 'Functions call AWS services');
    const subnets = { subnets: this.vpc.isolatedSubnets.slice(0, endpointZones) };
    const shared = { securityGroups: [callers], subnets, open: false };
    this.vpc.addInterfaceEndpoint('Sqs', { service: InterfaceVpcEndpointAwsService.SQS, ...shared });
    this.vpc.addInterfaceEndpoint('SecretsManager', { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, ...shared });
  }
}
