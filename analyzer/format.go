package analyzer

import "strings"

// A verb is how a format prints one argument.
type verb struct {
	shows  bool   // it prints the text of its argument
	hex    bool   // and does so as hexadecimal numbers
	before string // the text of the format up to it
	after  string // and behind it
}

// parseFormat returns the verbs of a format by the argument they print. A
// format with indexes is taken to show everything it has.
func parseFormat(format string) map[int]verb {
	verbs := map[int]verb{}
	arg := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		start := i
		i++
		for i < len(format) && strings.IndexByte("+-# 0123456789.*[]", format[i]) >= 0 {
			if format[i] == '*' {
				arg++
			}
			i++
		}
		if i >= len(format) {
			break
		}
		if format[i] == '%' {
			continue
		}
		flags := format[start+1 : i]
		if at, ok := index(flags); ok {
			arg = at
		}
		verbs[arg] = verb{shows: shows(flags, format[i]), hex: format[i]|0x20 == 'x', before: format[:start], after: format[i+1:]}
		arg++
	}
	return verbs
}

// index returns the argument that flags of a verb choose, 0-based.
func index(flags string) (int, bool) {
	_, rest, ok := strings.Cut(flags, "[")
	if !ok || rest == "" || rest[0] < '1' || rest[0] > '9' {
		return 0, false
	}
	return int(rest[0] - '1'), true
}

// shows reports whether a verb prints the text of a string: not its type, and
// not so little of it that it is masked.
func shows(flags string, verb byte) bool {
	if strings.IndexByte("svqxX", verb) < 0 {
		return false
	}
	_, precision, ok := strings.Cut(flags, ".")
	return !ok || len(precision) != 1 || precision[0] > '0'+maxShown
}
