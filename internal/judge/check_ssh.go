package judge

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
)

// checkCutString reads a string of the SSH protocol: its length in four bytes,
// then itself.
func checkCutString(data []byte) (s, rest []byte, ok bool) {
	if len(data) < 4 {
		return nil, nil, false
	}
	n := binary.BigEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-4) {
		return nil, nil, false
	}
	return data[4 : 4+n], data[4+n:], true
}

// checkSSHKeyType returns the name of a key type for a reason, if it is one
// that is in use.
func checkSSHKeyType(name string) (string, bool) {
	switch name {
	case "ssh-rsa":
		return "RSA", true
	case "ssh-dss":
		return "DSA", true
	case "ssh-ed25519":
		return "Ed25519", true
	case "ssh-ed448":
		return "Ed448", true
	case "ecdsa-sha2-nistp256":
		return "EC P-256", true
	case "ecdsa-sha2-nistp384":
		return "EC P-384", true
	case "ecdsa-sha2-nistp521":
		return "EC P-521", true
	case "sk-ssh-ed25519@openssh.com":
		return "Ed25519 of a security key", true
	case "sk-ecdsa-sha2-nistp256@openssh.com":
		return "EC P-256 of a security key", true
	}
	return "", false
}

// checkSSHPublic returns the result for a public key of the SSH protocol, with
// the fingerprint that ssh-keygen -l prints.
func checkSSHPublic(public []byte) (Result, bool) {
	name, rest, ok := checkCutString(public)
	if !ok {
		return Result{}, false
	}
	kind, ok := checkSSHKeyType(string(name))
	if !ok {
		return Result{}, false
	}
	bits := 0
	if kind == "RSA" || kind == "DSA" {
		if kind == "RSA" {
			_, rest, ok = checkCutString(rest)
		}
		var n []byte
		if n, _, ok = checkCutString(rest); ok {
			bits = 8 * len(bytes.TrimLeft(n, "\x00"))
		}
	}
	r := checkKeyResult(kind, bits)
	sum := sha256.Sum256(public)
	r.identify("fingerprint", "SHA256:"+base64.RawStdEncoding.EncodeToString(sum[:]))
	return r, ok
}

// checkOpenSSH judges a key in the format of OpenSSH.
func checkOpenSSH(data []byte) Result {
	broken := checkUnchecked("key does not parse")
	rest, ok := bytes.CutPrefix(data, []byte("openssh-key-v1\x00"))
	if !ok {
		return broken
	}
	cipher, rest, ok1 := checkCutString(rest)
	_, rest, ok2 := checkCutString(rest) // name of the key derivation
	_, rest, ok3 := checkCutString(rest) // its options
	if !ok1 || !ok2 || !ok3 || len(rest) < 4 {
		return broken
	}
	public, rest, ok1 := checkCutString(rest[4:])
	private, _, ok2 := checkCutString(rest)
	if !ok1 || !ok2 {
		return broken
	}
	r, ok := checkSSHPublic(public)
	if !ok {
		return broken
	}
	if string(cipher) != "none" {
		r.Reason = "encrypted" + checkCipherName(string(cipher))
		r.Lower = LowerToMedium
		return r
	}
	// Two equal numbers lead the private part, then the type again.
	if len(private) < 8 || !bytes.Equal(private[:4], private[4:8]) {
		return broken
	}
	name, _, ok := checkCutString(private[8:])
	if !ok || !bytes.HasPrefix(public[4:], name) {
		return broken
	}
	return r
}

// checkSSH2 judges a key in the format of SSH Communications: a magic number,
// a length, the type and the cipher.
func checkSSH2(data []byte) Result {
	if len(data) < 8 || binary.BigEndian.Uint32(data) != 0x3f6ff9eb {
		return checkUnchecked("key does not parse")
	}
	_, rest, ok1 := checkCutString(data[8:])
	cipher, rest, ok2 := checkCutString(rest)
	if _, _, ok3 := checkCutString(rest); !ok1 || !ok2 || !ok3 {
		return checkUnchecked("key does not parse")
	}
	if string(cipher) == "none" {
		return checkPassed("key parses: SSH2, not encrypted")
	}
	r := checkPassed("encrypted" + checkCipherName(string(cipher)))
	r.Lower = LowerToMedium
	return r
}

// A checkPuTTYFile is a key file of PuTTY.
type checkPuTTYFile struct {
	version           int
	algorithm, cipher string
	comment, mac      string
	public, private   []byte
}

// checkPuTTY verifies a key file of PuTTY: its parts parse, and if it is not
// encrypted, the message authentication code is that of an empty passphrase.
func checkPuTTY(in *Input) Result {
	lo, hi := in.matched()
	lo, hi = min(lo, in.Start), max(hi, in.End)
	i := bytes.Index(in.Text[lo:hi], []byte("PuTTY-User-Key-File-"))
	if i < 0 {
		return checkUnchecked("no head stands before it")
	}
	// The match need not reach to the end of the file.
	text := in.Text[lo+i : min(len(in.Text), max(hi, lo+i+16<<10))]
	f, ok := checkParsePuTTY(text)
	switch {
	case !ok && bytes.Contains(in.Text[lo+i:hi], []byte("...")):
		return checkFailed("a placeholder in place of the key")
	case !ok:
		return checkUnchecked("key does not parse")
	}
	r, ok := checkSSHPublic(f.public)
	if !ok {
		return checkUnchecked("key does not parse")
	}
	if f.cipher != "none" {
		r.Reason = "encrypted" + checkCipherName(f.cipher)
		r.Lower = LowerToMedium
		return r
	}
	want, err := hex.DecodeString(f.mac)
	switch {
	case err != nil || len(f.private) == 0:
		return checkUnchecked("key does not parse")
	case subtle.ConstantTimeCompare(want, f.sum()) != 1:
		r.Verdict, r.Reason = Unchecked, "authentication code wrong"
	}
	return r
}

// sum returns the authentication code of a file without a passphrase.
func (f *checkPuTTYFile) sum() []byte {
	var data []byte
	for _, part := range [...][]byte{[]byte(f.algorithm), []byte(f.cipher), []byte(f.comment), f.public, f.private} {
		data = binary.BigEndian.AppendUint32(data, uint32(len(part)))
		data = append(data, part...)
	}
	if f.version >= 3 {
		h := hmac.New(sha256.New, nil)
		h.Write(data)
		return h.Sum(nil)
	}
	key := sha1.Sum([]byte("putty-private-key-file-mac-key"))
	h := hmac.New(sha1.New, key[:])
	h.Write(data)
	return h.Sum(nil)
}

func checkParsePuTTY(text []byte) (*checkPuTTYFile, bool) {
	f := new(checkPuTTYFile)
	var into *[]byte
	left := 0
	var encoded []byte
	for line := range bytes.SplitSeq(checkUnescapeLines(text), []byte("\n")) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if left > 0 {
			encoded = append(encoded, line...)
			if left--; left == 0 {
				data, ok := checkDecodeBase64(encoded)
				if !ok {
					return nil, false
				}
				*into, encoded = data, nil
			}
			continue
		}
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return nil, false
		}
		v := strings.TrimPrefix(string(value), " ")
		switch k := string(key); k {
		case "PuTTY-User-Key-File-1", "PuTTY-User-Key-File-2", "PuTTY-User-Key-File-3":
			f.version, f.algorithm = int(k[len(k)-1]-'0'), v
		case "Encryption":
			f.cipher = v
		case "Comment":
			f.comment = v
		case "Public-Lines", "Private-Lines":
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 || n > 512 {
				return nil, false
			}
			left, into = n, &f.public
			if k == "Private-Lines" {
				into = &f.private
			}
		case "Private-MAC", "Private-Hash":
			f.mac = strings.Trim(v, "\"'`, ")
			return f, f.version > 0 && f.cipher != ""
		}
	}
	return nil, false
}
