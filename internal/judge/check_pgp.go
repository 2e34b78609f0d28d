package judge

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// checkPGP judges the first secret key of an OpenPGP message.
func checkPGP(data []byte, b checkBlock) Result {
	broken := checkUnchecked("key does not parse")
	tag, packet, rest, ok := checkCutPacket(data)
	if !ok || tag != 5 && tag != 7 {
		return broken
	}
	kind, public, ok := checkPGPPublic(packet)
	if !ok || public >= len(packet) {
		return broken
	}
	r := checkPassed("key parses: PGP " + kind)
	if sum, ok := checkArmourSum(b.body); ok && sum != checkCRC24(data) {
		r = checkUnchecked("checksum of the armour wrong")
	}
	r.identify("type", "PGP "+kind)
	checkPGPFingerprint(&r, packet, public)
	checkPGPUser(&r, rest)
	usage := packet[public]
	if packet[0] >= 5 && public+1 < len(packet) && usage != 0 {
		public++ // a count of bytes stands between
	}
	switch {
	case usage == 0:
	case usage >= 253 && public+2 < len(packet) && packet[public+2] == 101:
		return checkHarmless("a stub: the key is kept elsewhere")
	default:
		r.Reason = "encrypted PGP key"
		r.Lower = LowerToMedium
	}
	return r
}

// checkCutPacket reads a packet of OpenPGP, without partial lengths, which
// keys do not have. A packet that is cut off is returned as far as it goes.
func checkCutPacket(data []byte) (tag int, packet, rest []byte, ok bool) {
	if len(data) < 2 || data[0]&0x80 == 0 {
		return 0, nil, nil, false
	}
	n, head := 0, 0
	if data[0]&0x40 != 0 {
		tag = int(data[0] & 0x3f)
		switch c := data[1]; {
		case c < 192:
			n, head = int(c), 2
		case c < 224 && len(data) > 2:
			n, head = (int(c)-192)<<8+int(data[2])+192, 3
		case c == 255 && len(data) > 5:
			n, head = int(binary.BigEndian.Uint32(data[2:])&0x7fffffff), 6
		default:
			return 0, nil, nil, false
		}
	} else {
		tag = int(data[0] >> 2 & 0x0f)
		switch size := data[0] & 3; {
		case size == 0:
			n, head = int(data[1]), 2
		case size == 1 && len(data) > 2:
			n, head = int(binary.BigEndian.Uint16(data[1:])), 3
		case size == 2 && len(data) > 4:
			n, head = int(binary.BigEndian.Uint32(data[1:])&0x7fffffff), 5
		default:
			return 0, nil, nil, false
		}
	}
	end := min(len(data), head+n)
	return tag, data[head:end], data[end:], true
}

// checkPGPPublic returns the algorithm of a key packet and the length of its
// public part.
func checkPGPPublic(p []byte) (kind string, n int, ok bool) {
	if len(p) < 8 {
		return "", 0, false
	}
	n = 6
	switch p[0] {
	case 4:
	case 5, 6:
		n += 4 // length of what follows
	default:
		return "", 0, false
	}
	mpis, fixed := 0, 0
	switch p[5] {
	case 1, 2, 3:
		kind, mpis = "RSA", 2
	case 16:
		kind, mpis = "ElGamal", 3
	case 17:
		kind, mpis = "DSA", 4
	case 18, 19, 22:
		kind, mpis = map[byte]string{18: "ECDH", 19: "ECDSA", 22: "EdDSA"}[p[5]], 1
		if n >= len(p) {
			return "", 0, false
		}
		n += 1 + int(p[n]) // object id of the curve
	case 25:
		kind, fixed = "X25519", 32
	case 26:
		kind, fixed = "X448", 56
	case 27:
		kind, fixed = "Ed25519", 32
	case 28:
		kind, fixed = "Ed448", 57
	default:
		return "", 0, false
	}
	n += fixed
	for range mpis {
		if n+2 > len(p) {
			return "", 0, false
		}
		n += 2 + (int(binary.BigEndian.Uint16(p[n:]))+7)/8
	}
	if p[5] == 18 {
		if n >= len(p) {
			return "", 0, false
		}
		n += 1 + int(p[n]) // parameters of the key derivation
	}
	return kind, n, n <= len(p)
}

// checkPGPFingerprint adds the fingerprint of the public part.
func checkPGPFingerprint(r *Result, p []byte, n int) {
	switch p[0] {
	case 4:
		h := sha1.New()
		h.Write([]byte{0x99, byte(n >> 8), byte(n)})
		h.Write(p[:n])
		r.identify("fingerprint", strings.ToUpper(hex.EncodeToString(h.Sum(nil))))
	case 6:
		h := sha256.New()
		h.Write([]byte{0x9b, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h.Write(p[:n])
		r.identify("fingerprint", strings.ToUpper(hex.EncodeToString(h.Sum(nil))))
	}
}

// checkPGPUser adds the name and mail of the first user id among the packets.
func checkPGPUser(r *Result, data []byte) {
	for range 8 {
		tag, packet, rest, ok := checkCutPacket(data)
		if !ok {
			return
		}
		if tag == 13 && len(packet) <= 128 {
			r.identify("user", string(packet))
			return
		}
		data = rest
	}
}

// checkArmourSum returns the checksum at the end of an armour.
func checkArmourSum(body []byte) (uint32, bool) {
	n := len(body)
	if n < 5 || body[n-5] != '=' {
		return 0, false
	}
	raw, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(body[n-4:])))
	if err != nil || len(raw) != 3 {
		return 0, false
	}
	return uint32(raw[0])<<16 | uint32(raw[1])<<8 | uint32(raw[2]), true
}

// checkCRC24 is the checksum of RFC 9580.
func checkCRC24(data []byte) uint32 {
	crc := uint32(0xb704ce)
	for _, b := range data {
		crc ^= uint32(b) << 16
		for range 8 {
			crc <<= 1
			if crc&0x1000000 != 0 {
				crc ^= 0x1864cfb
			}
		}
	}
	return crc & 0xffffff
}
