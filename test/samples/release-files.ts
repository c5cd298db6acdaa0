/** Files by their path in the image, and what they say. */
export interface ReleaseSample {
  readonly name: string;
  /** Where the texts were published. */
  readonly from: string;
  readonly files: Readonly<Record<string, string>>;
  /** `ID VERSION_ID`, and behind a comma what a release without a number is called. */
  readonly expected: string;
}

const ANSIBLE = 'ansible/ansible, fixtures of its tests of facts';
const DISTRO = 'python-distro/distro, resources of its tests';

/** Release files of real systems as others published them, without the members of os-release that nobody here reads. */
export const RELEASE_SAMPLES: readonly ReleaseSample[] = [
  {
    name: 'AlmaLinux 8.3',
    from: ANSIBLE,
    files: {
      'etc/centos-release': 'AlmaLinux release 8.3 Beta (Purple Manul)\n',
      'etc/redhat-release': 'AlmaLinux release 8.3 Beta (Purple Manul)\n',
      'etc/system-release': 'AlmaLinux release 8.3 Beta (Purple Manul)\n',
      'etc/os-release':
        'NAME="AlmaLinux"\nVERSION="8.3 (Purple Manul)"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.3"\nPRETTY_NAME="AlmaLinux 8.3 Beta (Purple Manul)"\n',
    },
    expected: 'almalinux 8.3',
  },
  {
    name: 'Amazon Linux 1',
    from: ANSIBLE,
    files: {
      'etc/os-release':
        'NAME="Amazon Linux AMI"\nVERSION="2018.03"\nID="amzn"\nID_LIKE="rhel fedora"\nVERSION_ID="2018.03"\n',
      'etc/system-release': 'Amazon Linux AMI release 2018.03\n',
    },
    expected: 'amzn 2018.03',
  },
  {
    name: 'Amazon Linux 2 with an empty os-release',
    from: ANSIBLE,
    files: { 'etc/system-release': 'Amazon Linux release 2 (Karoo)', 'etc/os-release': '' },
    expected: 'amzn 2',
  },
  {
    name: 'Amazon Linux 2023',
    from: 'what a shell prints of it in published notes',
    files: {
      'usr/lib/os-release':
        'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPLATFORM_ID="platform:al2023"\nPRETTY_NAME="Amazon Linux 2023.4.20240416"\nCPE_NAME="cpe:2.3:o:amazon:amazon_linux:2023"\n',
      'etc/system-release': 'Amazon Linux release 2023.4.20240416 (Amazon Linux)\n',
    },
    expected: 'amzn 2023',
  },
  {
    name: 'Arch Linux',
    from: ANSIBLE,
    files: {
      'etc/arch-release': 'Arch Linux release\n',
      'etc/lsb-release':
        'LSB_VERSION=1.4\nDISTRIB_ID=Arch\nDISTRIB_RELEASE=rolling\nDISTRIB_DESCRIPTION="Arch Linux"\n',
      'usr/lib/os-release': 'NAME="Arch Linux"\nPRETTY_NAME="Arch Linux"\nID=arch\nBUILD_ID=rolling\n',
    },
    expected: 'arch, rolling',
  },
  { name: 'Arch Linux by its empty file', from: ANSIBLE, files: { 'etc/arch-release': '' }, expected: 'arch, rolling' },
  {
    name: 'Azure Linux 3.0',
    from: 'a published description of a disk image with its os-release',
    files: {
      'etc/os-release':
        'NAME="Microsoft Azure Linux"\nVERSION="3.0.20240824"\nID=azurelinux\nVERSION_ID="3.0"\nPRETTY_NAME="Microsoft Azure Linux 3.0"\n',
    },
    expected: 'azurelinux 3.0',
  },
  {
    name: 'Bottlerocket 1.47.0',
    from: 'tests of a tool for its images',
    files: {
      'etc/os-release':
        'NAME=Bottlerocket\nID=bottlerocket\nVERSION="1.47.0 (aws-k8s-1.34)"\nPRETTY_NAME="Bottlerocket OS 1.47.0 (aws-k8s-1.34)"\nVARIANT_ID=aws-k8s-1.34\nVERSION_ID=1.47.0\nBUILD_ID=6154605b\n',
    },
    expected: 'bottlerocket 1.47.0',
  },
  {
    name: 'CBL-Mariner 2.0',
    from: 'microsoft/CBL-Mariner, mariner-release.spec, with the version of a published image',
    files: {
      'etc/mariner-release': 'CBL-Mariner 2.0.20230630\nMARINER_BUILD_NUMBER=8d20cd1\n',
      'etc/lsb-release':
        'DISTRIB_ID="Mariner"\nDISTRIB_RELEASE="2.0.20230630"\nDISTRIB_CODENAME=Mariner\nDISTRIB_DESCRIPTION="CBL-Mariner 2.0.20230630"\n',
    },
    expected: 'mariner 2.0.20230630',
  },
  {
    name: 'CentOS 6.7',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'CentOS release 6.7 (Final)\n',
      'etc/lsb-release': 'LSB_VERSION=base-4.0-amd64:base-4.0-noarch:core-4.0-amd64:core-4.0-noarch\n',
      'etc/system-release': 'CentOS release 6.7 (Final)\n',
    },
    expected: 'centos 6.7',
  },
  {
    name: 'CentOS 7.2',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'CentOS Linux release 7.2.1511 (Core) \n',
      'etc/os-release': 'NAME="CentOS Linux"\nVERSION="7 (Core)"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
      'etc/system-release': 'CentOS Linux release 7.2.1511 (Core) \n',
    },
    expected: 'centos 7',
  },
  {
    name: 'CentOS Stream 8',
    from: ANSIBLE,
    files: {
      'etc/centos-release': 'CentOS Stream release 8\n',
      'etc/redhat-release': 'CentOS Stream release 8\n',
      'etc/os-release':
        'NAME="CentOS Stream"\nVERSION="8"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="8"\nPRETTY_NAME="CentOS Stream 8"\n',
    },
    expected: 'centos 8, stream',
  },
  {
    name: 'Chainguard',
    from: 'tests of scanners',
    files: {
      'etc/os-release': 'ID=chainguard\nNAME="Chainguard"\nPRETTY_NAME="Chainguard"\nVERSION_ID="20230214"\n',
    },
    expected: 'chainguard 20230214, rolling',
  },
  {
    name: 'Debian 7.9',
    from: ANSIBLE,
    files: {
      'etc/os-release':
        'PRETTY_NAME="Debian GNU/Linux 7 (wheezy)"\nNAME="Debian GNU/Linux"\nVERSION_ID="7"\nVERSION="7 (wheezy)"\nID=debian\n',
      'etc/debian_version': '7.9\n',
    },
    expected: 'debian 7',
  },
  {
    name: 'Debian while it was testing',
    from: ANSIBLE,
    files: {
      'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux stretch/sid"\nNAME="Debian GNU/Linux"\nID=debian\n',
      'etc/debian_version': 'stretch/sid\n',
    },
    expected: 'debian, testing/sid',
  },
  {
    name: 'Devuan, which names no release',
    from: ANSIBLE,
    files: { 'etc/os-release': 'PRETTY_NAME="Devuan GNU/Linux ascii"\nNAME="Devuan GNU/Linux"\nID=devuan\n' },
    expected: 'devuan',
  },
  {
    name: 'Fedora 25 while it was being made',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'Fedora release 25 (Rawhide)\n',
      'etc/os-release':
        'NAME=Fedora\nVERSION="25 (Workstation Edition)"\nID=fedora\nVERSION_ID=25\nREDHAT_BUGZILLA_PRODUCT_VERSION=rawhide\n',
      'etc/system-release': 'Fedora release 25 (Rawhide)\n',
    },
    expected: 'fedora 25, rawhide',
  },
  {
    name: 'Fedora 42',
    from: DISTRO,
    files: { 'etc/fedora-release': 'Fedora release 42 (Forty Two)\n' },
    expected: 'fedora 42',
  },
  {
    name: 'Gentoo',
    from: ANSIBLE,
    files: {
      'etc/os-release': "NAME='Gentoo'\nID='gentoo'\nPRETTY_NAME='Gentoo Linux'\nVERSION='2.18'\nVERSION_ID='2.18'\n",
      'etc/gentoo-release': 'Gentoo Base System release 2.18\n',
      'etc/lsb-release': 'DISTRIB_ID="Gentoo"\n',
    },
    expected: 'gentoo 2.18, rolling',
  },
  {
    name: 'Kali, a derivative',
    from: ANSIBLE,
    files: {
      'etc/os-release': 'NAME="Kali GNU/Linux"\nID=kali\nVERSION="2019.1"\nVERSION_ID="2019.1"\nID_LIKE=debian\n',
      'etc/lsb-release':
        'DISTRIB_ID=Kali\nDISTRIB_RELEASE=kali-rolling\nDISTRIB_CODENAME=kali-rolling\nDISTRIB_DESCRIPTION="Kali GNU/Linux Rolling"\n',
    },
    expected: 'kali 2019.1, kali-rolling',
  },
  {
    name: 'Linux Mint, a derivative',
    from: ANSIBLE,
    files: {
      'usr/lib/os-release':
        'NAME="Linux Mint"\nVERSION="19.1 (Tessa)"\nID=linuxmint\nID_LIKE=ubuntu\nVERSION_ID="19.1"\nVERSION_CODENAME=tessa\nUBUNTU_CODENAME=bionic\n',
      'etc/lsb-release':
        'DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=19.1\nDISTRIB_CODENAME=tessa\nDISTRIB_DESCRIPTION="Linux Mint 19.1 Tessa"\n',
    },
    expected: 'linuxmint 19.1',
  },
  {
    name: 'MinimOS',
    from: 'tests of a scanner, as a published image of nginx has it',
    files: {
      'etc/os-release':
        'ID=minimos\nNAME="MinimOS"\nPRETTY_NAME="MinimOS"\nVERSION_ID="20241031"\nHOME_URL="https://minimus.io"\n',
    },
    expected: 'minimos 20241031, rolling',
  },
  {
    name: 'openEuler 20.03',
    from: ANSIBLE,
    files: {
      'etc/os-release': 'NAME="openEuler"\nVERSION="20.03 (LTS)"\nID="openEuler"\nVERSION_ID="20.03"\n',
      'etc/system-release': 'openEuler release 20.03 (LTS)\n',
    },
    expected: 'openeuler 20.03',
  },
  {
    name: 'openSUSE 13.2',
    from: ANSIBLE,
    files: {
      'etc/SuSE-release':
        'openSUSE 13.2 (x86_64)\nVERSION = 13.2\nCODENAME = Harlequin\n# /etc/SuSE-release is deprecated and will be removed in the future, use /etc/os-release instead\n',
      'etc/os-release': 'NAME=openSUSE\nVERSION="13.2 (Harlequin)"\nVERSION_ID="13.2"\nID=opensuse\nID_LIKE="suse"\n',
    },
    expected: 'opensuse 13.2',
  },
  {
    name: 'openSUSE Leap 15.6',
    from: 'what a shell prints of it in published notes',
    files: {
      'usr/lib/os-release':
        'NAME="openSUSE Leap"\nVERSION="15.6"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\nPRETTY_NAME="openSUSE Leap 15.6"\nCPE_NAME="cpe:/o:opensuse:leap:15.6"\n',
    },
    expected: 'opensuse-leap 15.6',
  },
  {
    name: 'openSUSE MicroOS',
    from: ANSIBLE,
    files: {
      'etc/os-release':
        'NAME="openSUSE MicroOS"\nID=opensuse-microos\nID_LIKE="suse opensuse opensuse-tumbleweed microos sl-micro"\nVERSION_ID="20241205"\n',
    },
    expected: 'opensuse-microos 20241205, tumbleweed',
  },
  {
    name: 'openSUSE Tumbleweed of 2016',
    from: ANSIBLE,
    files: {
      'etc/os-release':
        'NAME="openSUSE Tumbleweed"\n# VERSION="20160917"\nID=opensuse\nID_LIKE="suse"\nVERSION_ID="20160917"\n',
    },
    expected: 'opensuse 20160917, tumbleweed',
  },
  {
    name: 'Oracle Linux 8.6',
    from: 'output of a shell on Oracle Linux in a published note',
    files: {
      'etc/redhat-release': 'Red Hat Enterprise Linux release 8.6 (Ootpa)\n',
      'etc/oracle-release': 'Oracle Linux Server release 8.6\n',
      'etc/os-release': 'NAME="Oracle Linux Server"\nVERSION="8.6"\nID="ol"\nID_LIKE="fedora"\nVERSION_ID="8.6"\n',
    },
    expected: 'ol 8.6',
  },
  {
    name: 'Oracle Linux without os-release',
    from: 'the same',
    files: {
      'etc/redhat-release': 'Red Hat Enterprise Linux release 8.6 (Ootpa)\n',
      'etc/oracle-release': 'Oracle Linux Server release 8.6\n',
    },
    expected: 'ol 8.6',
  },
  {
    name: 'Photon OS 5.0',
    from: 'output of a shell on Photon OS in a published note',
    files: { 'etc/photon-release': 'VMware Photon OS 5.0\nPHOTON_BUILD_NUMBER=dde71ec57\n' },
    expected: 'photon 5.0',
  },
  {
    name: 'RHEL 6.7',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'Red Hat Enterprise Linux Server release 6.7 (Santiago)\n',
      'etc/lsb-release': 'LSB_VERSION=base-4.0-amd64:base-4.0-noarch:core-4.0-amd64:core-4.0-noarch\n',
      'etc/system-release': 'Red Hat Enterprise Linux Server release 6.7 (Santiago)\n',
    },
    expected: 'rhel 6.7',
  },
  {
    name: 'Rocky Linux 8.3',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'Rocky Linux release 8.3\n',
      'etc/system-release': 'Rocky Linux release 8.3\n',
      'etc/rocky-release': 'Rocky Linux release 8.3\n',
      'etc/os-release': 'NAME="Rocky Linux"\nVERSION="8.3"\nID="rocky"\nID_LIKE="rhel fedora"\nVERSION_ID="8.3"\n',
    },
    expected: 'rocky 8.3',
  },
  {
    name: 'SLE Micro 5.5',
    from: 'what a shell prints of it in published notes',
    files: {
      'etc/os-release':
        'NAME="SLE Micro"\nVERSION="5.5"\nVERSION_ID="5.5"\nPRETTY_NAME="SUSE Linux Enterprise Micro 5.5"\nID="sle-micro"\nID_LIKE="suse"\nCPE_NAME="cpe:/o:suse:sle-micro:5.5"\n',
    },
    expected: 'sle-micro 5.5',
  },
  {
    name: 'SLES 11.3',
    from: ANSIBLE,
    files: {
      'etc/SuSE-release': '\nSUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 3\n            ',
    },
    expected: 'sles 11.3',
  },
  {
    name: 'SLES 12',
    from: ANSIBLE,
    files: {
      'etc/SuSE-release':
        'SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 0\n# This file is deprecated and will be removed in a future service pack or release.\n',
      'etc/os-release': 'NAME="SLES"\nVERSION="12"\nVERSION_ID="12"\nID="sles"\n',
    },
    expected: 'sles 12',
  },
  {
    name: 'TencentOS 3.1, a derivative that keeps files of its parent',
    from: ANSIBLE,
    files: {
      'etc/centos-release': 'NAME="TencentOS Server"\nVERSION="3.1 (Final)"\nID="tencentos"\n',
      'etc/redhat-release': 'CentOS Linux release 8.4.2105 (Core)\n',
      'etc/os-release':
        'NAME="TencentOS Server"\nVERSION="3.1 (Final)"\nID="tencentos"\nID_LIKE="rhel fedora centos"\nVERSION_ID="3.1"\n',
      'usr/lib/os-release': 'NAME="CentOS Linux"\nVERSION="8"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="8"\n',
    },
    expected: 'tencentos 3.1',
  },
  {
    name: 'Ubuntu 10.04',
    from: ANSIBLE,
    files: {
      'etc/lsb-release':
        'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\nDISTRIB_DESCRIPTION="Ubuntu 10.04.4 LTS',
      'etc/debian_version': 'squeeze/sid\n',
    },
    expected: 'ubuntu 10.04',
  },
  {
    name: 'Ubuntu 16.04',
    from: ANSIBLE,
    files: {
      'etc/os-release':
        'NAME="Ubuntu"\nVERSION="16.04 LTS (Xenial Xerus)"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="16.04"\nUBUNTU_CODENAME=xenial\n',
      'etc/lsb-release': 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=16.04\nDISTRIB_CODENAME=xenial\n',
    },
    expected: 'ubuntu 16.04',
  },
  {
    name: 'Virtuozzo 7.3',
    from: ANSIBLE,
    files: {
      'etc/redhat-release': 'Virtuozzo Linux release 7.3\n',
      'etc/os-release': 'NAME="Virtuozzo"\nVERSION="7.0.3"\nID="virtuozzo"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
      'etc/system-release': 'Virtuozzo release 7.0.3 (640)\n',
    },
    expected: 'virtuozzo 7',
  },
  {
    name: 'Wolfi',
    from: 'aquasecurity/trivy, tests of its analysers',
    files: {
      'etc/os-release':
        'ID=wolfi\nNAME="Wolfi"\nPRETTY_NAME="Wolfi"\nVERSION_ID="20221118"\nHOME_URL="https://wolfi.dev"\n',
    },
    expected: 'wolfi 20221118, rolling',
  },
];
