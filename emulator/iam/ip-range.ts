import { BlockList, isIP } from 'node:net';

/** A CIDR range, or one address, of IPv4 or IPv6. */
export function ipRange(text: string): (address: string) => boolean {
  const [network = '', bits] = text.split('/');
  const family = familyOf(network);
  if (family === undefined) return () => false;
  const list = new BlockList();
  if (bits === undefined) list.addAddress(network, family);
  else list.addSubnet(network, Number(bits), family);
  return address => {
    const own = familyOf(address);
    return own !== undefined && list.check(address, own);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  switch (isIP(address)) {
    case 4:
      return 'ipv4';
    case 6:
      return 'ipv6';
    default:
      return undefined;
  }
}
