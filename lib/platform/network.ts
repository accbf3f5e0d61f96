import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { needsWayOut, type Stage } from '../stage.ts';

/**
 * A network without a way out: two isolated subnets, and endpoints for the services that functions in it use. There is no NAT gateway to
 * pay, and nothing to leak through. Only a stage whose embeddings or index lie elsewhere has one, for the functions that call them. An
 * `execute-api` endpoint must never be added: it takes over the names of public APIs and cannot reach them.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Every function that runs in the network is in this group, and nothing else. */
  readonly functions: SecurityGroup;
  readonly #endpoints: SecurityGroup;
  readonly #hasWayOut: boolean;

  constructor(scope: Construct, id: string, props: { readonly stage: Stage }) {
    super(scope, id);
    const { stage } = props;
    this.#hasWayOut = needsWayOut(stage);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: this.#hasWayOut ? stage.endpointZones : 0,
      // The isolated ones come first, so that they stay where they are when a stage gets or loses its way out.
      subnetConfiguration: [
        { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
        ...(this.#hasWayOut ? wayOut : []),
      ],
      // It would take a custom resource; nothing here uses the default group.
      restrictDefaultSecurityGroup: false,
    });
    this.functions = new SecurityGroup(this, 'Functions', { vpc: this.vpc, description: 'Functions that run in the network' });
    this.#endpoints = new SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints',
      allowAllOutbound: false,
    });
    this.#addFlowLog(stage);
    this.#addEndpoints(stage);
  }

  /** Where a function runs. One that reaches out is where the way out is, if there is one. */
  subnetsFor(reachesOut: boolean): ISubnet[] {
    return reachesOut && this.#hasWayOut ? this.vpc.privateSubnets : this.vpc.isolatedSubnets;
  }

  /** Lets something else than a function call AWS services. */
  letCall(caller: SecurityGroup, why: string): void {
    this.#endpoints.addIngressRule(caller, Port.HTTPS, why);
  }

  #addFlowLog({ logs }: Stage): void {
    const logGroup = new LogGroup(this, 'RefusedTraffic', {
      retention: logs.retention,
      removalPolicy: logs.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.vpc.addFlowLog('FlowLog', { destination: FlowLogDestination.toCloudWatchLogs(logGroup), trafficType: FlowLogTrafficType.REJECT });
  }

  #addEndpoints({ endpointZones, embeddings }: Stage): void {
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB });
    this.vpc.addGatewayEndpoint('S3', { service: GatewayVpcEndpointAwsService.S3 });
    this.letCall(this.functions, 'Functions call AWS services');
    const subnets = { subnets: this.vpc.isolatedSubnets.slice(0, endpointZones) };
    const shared = { securityGroups: [this.#endpoints], subnets, open: false };
    this.vpc.addInterfaceEndpoint('Sqs', { service: InterfaceVpcEndpointAwsService.SQS, ...shared });
    this.vpc.addInterfaceEndpoint('SecretsManager', { service: InterfaceVpcEndpointAwsService.SECRETS_MANAGER, ...shared });
    if (embeddings.provider === 'bedrock')
      this.vpc.addInterfaceEndpoint('BedrockRuntime', { service: InterfaceVpcEndpointAwsService.BEDROCK_RUNTIME, ...shared });
  }
}

/** The public subnets hold the NAT gateways and nothing else. */
const wayOut = [
  { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
  { name: 'Egress', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 20 },
];
