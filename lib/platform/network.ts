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
 * A network with two isolated subnets and endpoints for the AWS services that functions use. It has no NAT gateway, which saves its price
 * and prevents exfiltration. Only a stage whose embeddings or index lie elsewhere has one, for the functions that call them. Never add an
 * `execute-api` endpoint: it takes over the names of public APIs and cannot reach them.
 */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Security group of every function in the network, and of nothing else. */
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
      // The isolated subnets come first, so that their addresses stay the same when a stage gets or loses its NAT gateway.
      subnetConfiguration: [
        { name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 20 },
        ...(this.#hasWayOut ? wayOut : []),
      ],
      // Restricting the default group would take a custom resource, and nothing here uses that group.
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

  /** Subnets for a function: those with the NAT gateway for one that reaches out, if the stage has any. */
  subnetsFor(reachesOut: boolean): ISubnet[] {
    return reachesOut && this.#hasWayOut ? this.vpc.privateSubnets : this.vpc.isolatedSubnets;
  }

  /** Lets a resource other than a function call AWS services. */
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
