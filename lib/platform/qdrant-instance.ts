import {
  CfnInstance,
  CfnVolumeAttachment,
  EbsDeviceVolumeType,
  type ISubnet,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MachineImage,
  MultipartBody,
  MultipartUserData,
  Peer,
  Port,
  SecurityGroup,
  UserData,
  Volume,
} from 'aws-cdk-lib/aws-ec2';
import { CfnInstanceProfile, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ARecord, PrivateHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, Fn, RemovalPolicy, Size, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from '../stage.ts';
import { acknowledge, logicalId } from './checks.ts';
import type { Network } from './network.ts';
import { privateBucket } from './private-bucket.ts';

/** Qdrant's version. Its archive lies in the bucket, as docs/deploy.md says. */
export const qdrantVersion = 'v1.19.0';
const port = 6333;

export interface QdrantInstanceProps {
  readonly stage: Stage;
  readonly network: Network;
  readonly key: Secret;
  /** Class of the machine; arm64. */
  readonly instance: string;
  readonly volumeGiB: number;
}

/**
 * One machine with Qdrant, in the isolated subnets. Its volume outlives it. Routine changes never replace the machine: the image is
 * looked up at creation, and the script that sets it up runs at every boot.
 */
export class QdrantInstance extends Construct {
  readonly url: string;
  readonly instance: CfnInstance;
  /** Bucket that the machine reads releases from and writes snapshots to. */
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, props: QdrantInstanceProps) {
    super(scope, id);
    const { stage, network } = props;
    const [subnet] = network.vpc.isolatedSubnets;
    if (subnet === undefined) throw new Error('The network has no isolated subnet');
    this.bucket = this.#makeBucket();
    const volume = this.#makeVolume(props, subnet);
    this.instance = this.#makeInstance(props, subnet, volume);
    new CfnVolumeAttachment(this, 'Attachment', { instanceId: this.instance.ref, volumeId: volume.volumeId, device: '/dev/sdf' });
    const zoneName = `streambed-${stage.name}.internal`;
    const zone = new PrivateHostedZone(this, 'Zone', { zoneName, vpc: network.vpc });
    const target = RecordTarget.fromIpAddresses(this.instance.attrPrivateIp);
    new ARecord(this, 'Name', { zone, recordName: 'qdrant', target, ttl: Duration.minutes(1) });
    this.url = `http://qdrant.${zoneName}:${port}`;
  }

  #makeBucket(): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      ...privateBucket,
      lifecycleRules: [
        { id: 'Old', prefix: 'snapshots/', expiration: Duration.days(14) },
        { id: 'BrokenOff', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    acknowledge(bucket, 'AwsSolutions-S1', 'One machine reads and writes it, and what it holds can be made again');
    return bucket;
  }

  #makeVolume({ volumeGiB }: QdrantInstanceProps, subnet: ISubnet): Volume {
    return new Volume(this, 'Volume', {
      availabilityZone: subnet.availabilityZone,
      size: Size.gibibytes(volumeGiB),
      volumeType: EbsDeviceVolumeType.GP3,
      encrypted: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  #makeInstance(props: QdrantInstanceProps, subnet: ISubnet, volume: Volume): CfnInstance {
    const { stage } = props;
    const template = new LaunchTemplate(this, 'Template', {
      machineImage: MachineImage.resolveSsmParameterAtLaunch('/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'),
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
    });
    const profile = new CfnInstanceProfile(this, 'Profile', { roles: [this.#makeRole(props).roleName] });
    const instance = new CfnInstance(this, 'Instance', {
      launchTemplate: { launchTemplateId: template.launchTemplateId ?? '', version: template.latestVersionNumber },
      instanceType: props.instance,
      iamInstanceProfile: profile.ref,
      subnetId: subnet.subnetId,
      securityGroupIds: [this.#makeSecurityGroup(props.network).securityGroupId],
      blockDeviceMappings: [{ deviceName: '/dev/xvda', ebs: { volumeType: 'gp3', volumeSize: 8, encrypted: true } }],
      userData: Fn.base64(this.#bootScript(props, volume).render()),
      disableApiTermination: stage.terminationProtection,
      tags: [{ key: 'Name', value: `Streambed-${stage.name}-Qdrant` }],
    });
    acknowledge(instance, 'AwsSolutions-EC28', 'What is looked at are its status checks, which are each minute without it');
    if (!stage.terminationProtection) acknowledge(instance, 'AwsSolutions-EC29', 'A dev stage may be destroyed; the volume stays');
    else acknowledge(instance, 'AwsSolutions-EC29', 'Protected from termination; a group would have to move the volume');
    return instance;
  }

  /** Allows connections from functions only. Outbound it allows AWS's endpoints, because nothing else is reachable. */
  #makeSecurityGroup(network: Network): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', { vpc: network.vpc, description: 'Qdrant', allowAllOutbound: false });
    group.addIngressRule(network.functions, Port.tcp(port), 'Functions ask and write');
    group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'S3 and Secrets Manager');
    network.letCall(group, 'Qdrant reads its key');
    return group;
  }

  #makeRole({ key }: QdrantInstanceProps): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: 'What the machine of Qdrant may do',
    });
    const allow = (actions: string[], ...resources: string[]) => role.addToPolicy(new PolicyStatement({ actions, resources }));
    allow(['secretsmanager:GetSecretValue'], key.secretArn);
    allow(['s3:GetObject'], this.bucket.arnForObjects('releases/*'), this.bucket.arnForObjects('snapshots/*'));
    allow(['s3:PutObject'], this.bucket.arnForObjects('snapshots/*'));
    allow(['s3:ListBucket'], this.bucket.bucketArn);
    for (const prefix of ['releases', 'snapshots'])
      acknowledge(role, `AwsSolutions-IAM5[Resource::<${logicalId(this.bucket)}.Arn>/${prefix}/*]`, 'Releases to read, snapshots to keep');
    return role;
  }

  #bootScript({ key }: QdrantInstanceProps, volume: Volume): MultipartUserData {
    const script = UserData.forLinux();
    script.addCommands(
      `REGION=${Stack.of(this).region}`,
      `VERSION=${qdrantVersion}`,
      `BUCKET=${this.bucket.bucketName}`,
      `SECRET=${key.secretArn}`,
      `VOLUME=${volume.volumeId}`,
      readFileSync(join(import.meta.dirname, 'qdrant-boot.sh'), 'utf8'),
    );
    const data = new MultipartUserData();
    // cloud-init runs user data only at the first boot unless it is told otherwise.
    const everyBoot = '#cloud-config\ncloud_final_modules:\n  - [scripts-user, always]\n';
    data.addPart(MultipartBody.fromRawBody({ contentType: 'text/cloud-config; charset="utf-8"', body: everyBoot }));
    data.addPart(MultipartBody.fromUserData(script));
    return data;
  }
}
