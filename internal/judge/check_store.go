package judge

import (
	"bytes"
	"encoding/binary"
)

// checkKeystore reads a Java keystore from its first byte: the entries that it
// declares are keys or only certificates.
func checkKeystore(in *Input) Result {
	lo, _ := in.matched()
	data := in.Text[lo:]
	if len(data) < 12 {
		return checkFailed(checkReasonNoForm)
	}
	magic, version := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if magic != 0xfeedfeed && magic != 0xcececece || version < 1 || version > 2 {
		return checkFailed(checkReasonNoForm)
	}
	count := binary.BigEndian.Uint32(data[8:])
	data = data[12:]
	certificates := uint32(0)
	for certificates < count {
		tag, alias, rest, ok := checkCutEntry(data)
		switch {
		case !ok:
			return checkUnchecked("the text ends before its entries")
		case tag == 1 || tag == 3:
			r := checkPassed("holds a private key")
			if tag == 3 {
				r.Reason = "holds a secret key"
			}
			r.identify("alias", alias)
			return r
		case tag != 2:
			return checkFailed(checkReasonNoForm)
		}
		if data, ok = checkSkipCertificate(rest, version); !ok {
			return checkUnchecked("the text ends before its entries")
		}
		certificates++
	}
	return checkHarmless("holds certificates only")
}

// checkCutEntry reads the head of an entry: its tag, alias and time.
func checkCutEntry(data []byte) (tag uint32, alias string, rest []byte, ok bool) {
	if len(data) < 6 {
		return 0, "", nil, false
	}
	tag = binary.BigEndian.Uint32(data)
	n := int(binary.BigEndian.Uint16(data[4:]))
	if len(data) < 6+n+8 {
		return tag, "", nil, tag != 1 && tag != 2 && tag != 3
	}
	return tag, string(data[6 : 6+n]), data[6+n+8:], true
}

// checkSkipCertificate skips the type, which version 1 does not have, and the
// data of a certificate.
func checkSkipCertificate(data []byte, version uint32) ([]byte, bool) {
	if version == 2 {
		if len(data) < 2 {
			return nil, false
		}
		n := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+n {
			return nil, false
		}
		data = data[2+n:]
	}
	_, rest, ok := checkCutString(data)
	return rest, ok
}

// checkK8sPlace says where a value of a manifest stands by indentation: under
// data or stringData of a document of kind Secret. ok is false if it does not.
func checkK8sPlace(in *Input) (member string, ok bool) {
	lo, _ := in.matched()
	at := bytes.LastIndexByte(in.Text[:min(lo, in.Start)], '\n') + 1
	indent := checkIndent(in.Text[at:])
	parent := -1
	for end := at - 1; end > 0 && member == ""; {
		start := bytes.LastIndexByte(in.Text[:end], '\n') + 1
		line := in.Text[start:end]
		end = start - 1
		trimmed := bytes.TrimSpace(line)
		if len(trimmed) == 0 || trimmed[0] == '#' || bytes.HasPrefix(trimmed, []byte("{{")) {
			continue
		}
		if bytes.HasPrefix(line, []byte("---")) {
			return "", false
		}
		if n := checkIndent(line); n < indent {
			parent = n
			member = string(bytes.Trim(trimmed, "\"-:{ \t"))
		}
	}
	if member != "data" && member != "stringData" {
		return "", false
	}
	return member, checkIsSecretKind(in.Text, at, parent)
}

// checkIndent returns how far a line is indented; the dash of a list counts.
func checkIndent(line []byte) int {
	for i, c := range line {
		if c != ' ' && c != '-' && c != '\t' {
			return i
		}
	}
	return len(line)
}

// checkIsSecretKind reports whether the document around a position has a line
// "kind: Secret" of an indentation.
func checkIsSecretKind(text []byte, at, indent int) bool {
	lo, hi := 0, len(text)
	if i := bytes.LastIndex(text[:at], []byte("\n---")); i >= 0 {
		lo = i + 1
	}
	if i := bytes.Index(text[at:], []byte("\n---")); i >= 0 {
		hi = at + i
	}
	for line := range bytes.SplitSeq(text[lo:hi], []byte("\n")) {
		if checkIndent(line) != indent {
			continue
		}
		key, value, _ := bytes.Cut(line, []byte(":"))
		if string(bytes.Trim(key, "\"- \t")) == "kind" && string(bytes.Trim(value, "\"', \t\r")) == "Secret" {
			return true
		}
	}
	return false
}
