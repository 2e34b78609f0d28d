package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// A valueKind is the type of a key's value.
type valueKind uint8

const (
	textValue valueKind = iota
	boolValue
	numberValue
	textOrNumber
	listValue // a string or an array of strings
	dateValue
	tablesValue // an array of tables
	ruleValue   // part of a rule file, which package rules reads
)

// A schemaKey is one key of our configuration.
type schemaKey struct {
	name  string
	kind  valueKind
	check func(string) error // of each value as text; nil for any
}

// rootKeys returns the keys that stand in no table, in the order in which they
// are documented. A setting has the name of the flag of which it is the default.
func rootKeys() []schemaKey {
	return []schemaKey{
		{"extend", listValue, notEmpty},
		{"locked", listValue, lockable},
		{"min-confidence", textValue, parses(rules.ParseConfidence)},
		{"fail-confidence", textValue, parses(rules.ParseConfidence)},
		{"min-severity", textValue, reportedSeverity},
		{"min-exposure", textValue, parses(scan.ParseExposure)},
		{"exclude", listValue, validGlob},
		{"enable-rule", listValue, notEmpty},
		{"disable-rule", listValue, notEmpty},
		{"rules", listValue, notEmpty},
		{"baseline", listValue, notEmpty},
		{"comments", boolValue, nil},
		{"foreign-comments", boolValue, nil},
		{"skip-ignored", boolValue, nil},
		{"allow-incomplete", listValue, notEmpty},
		{"max-file-size", textOrNumber, matches(`^\d+([kKmMgGtT]?([iI]?[bB])?)$`, "a size such as 512k, 10M or 2G")},
		{"max-archive-depth", numberValue, nil},
		{"max-decode-depth", numberValue, nil},
		{"max-age", textValue, isDuration},
		{"timeout", textValue, isDuration},
		{"allow", tablesValue, nil},
		{"severity", tablesValue, nil},
		{"require", tablesValue, nil},
		{"provider", ruleValue, nil},
		{"remedy", ruleValue, nil},
		{"rule", ruleValue, nil},
	}
}

// tableKeys returns the keys of an array of tables.
func tableKeys(table string) []schemaKey {
	switch table {
	case "allow":
		return []schemaKey{
			{"rule", listValue, notEmpty},
			{"path", listValue, validGlob},
			{"path-regexp", listValue, validRegexp},
			{"fingerprint", listValue, validFingerprint},
			{"secret", listValue, validRegexp},
			{"stopword", listValue, notEmpty},
			{"match", listValue, validRegexp},
			{"line", listValue, validRegexp},
			{"commit", listValue, matches(`^[0-9a-f]{7,64}$`, "the id of a commit, at least 7 hexadecimal digits")},
			{"reason", textValue, saysSomething},
			{"expires", dateValue, nil},
		}
	case "severity":
		return []schemaKey{
			{"rule", listValue, notEmpty},
			{"path", listValue, validGlob},
			{"path-regexp", listValue, validRegexp},
			{"set", textValue, reportedSeverity},
		}
	case "require":
		return []schemaKey{
			{"rule", textValue, notEmpty},
			{"with", textValue, notEmpty},
			{"lines", numberValue, nil},
			{"columns", numberValue, nil},
		}
	}
	return nil
}

// ruleFileKeys returns the root keys that belong to package rules.
func ruleFileKeys() []string {
	var names []string
	for _, k := range rootKeys() {
		if k.kind == ruleValue {
			names = append(names, k.name)
		}
	}
	return names
}

// isSetting reports whether a root key is a setting with values of its own.
func (k *schemaKey) isSetting() bool {
	return k.kind != tablesValue && k.kind != ruleValue && k.name != "extend" && k.name != "locked"
}

func findKey(keys []schemaKey, name string) *schemaKey {
	for i := range keys {
		if keys[i].name == name {
			return &keys[i]
		}
	}
	return nil
}

// texts returns the value of a key as texts: several of a list, else one.
func (k *schemaKey) texts(value any) ([]string, error) {
	var out []string
	switch v := value.(type) {
	case string:
		if k.kind == textValue || k.kind == textOrNumber || k.kind == listValue || k.kind == dateValue {
			out = []string{v}
		}
	case bool:
		if k.kind == boolValue {
			out = []string{strconv.FormatBool(v)}
		}
	case int64:
		if k.kind == numberValue || k.kind == textOrNumber {
			if v < 0 {
				return nil, fmt.Errorf("%s is %d, want 0 or more", k.name, v)
			}
			out = []string{strconv.FormatInt(v, 10)}
		}
	case time.Time:
		if k.kind == dateValue {
			out = []string{v.Format(time.DateOnly)}
		}
	case []any:
		if k.kind != listValue {
			break
		}
		out = []string{}
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, fmt.Errorf("%s holds %v, want strings only", k.name, e)
			}
			out = append(out, s)
		}
	}
	if out == nil {
		return nil, fmt.Errorf("%s is no %s", k.name, k.kind)
	}
	for _, s := range out {
		if k.check == nil {
			continue
		}
		if err := k.check(s); err != nil {
			return nil, fmt.Errorf("%s: %w", k.name, err)
		}
	}
	return out, nil
}

// String returns the kind as an error names it.
func (k valueKind) String() string {
	switch k {
	case textValue:
		return "string"
	case boolValue:
		return "boolean"
	case numberValue:
		return "whole number"
	case textOrNumber:
		return "string or whole number"
	case listValue:
		return "string or array of strings"
	case dateValue:
		return "date, such as 2031-12-31"
	}
	return "array of tables"
}

func notEmpty(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("it is empty")
	}
	return nil
}

func saysSomething(s string) error {
	if !isReason(s) {
		return fmt.Errorf("%q gives no reason", s)
	}
	return nil
}

func lockable(s string) error {
	k := findKey(rootKeys(), s)
	if k == nil || k.name == "extend" || k.name == "locked" {
		return fmt.Errorf("%q is no key that can be locked", s)
	}
	return nil
}

func parses[T any](parse func(string) (T, error)) func(string) error {
	return func(s string) error {
		_, err := parse(s)
		return err
	}
}

func reportedSeverity(s string) error {
	v, err := rules.ParseSeverity(s)
	if err == nil && v == rules.None {
		err = errors.New(`"none" is never reported; use low, medium, high or critical, or an allow entry`)
	}
	return err
}

func validGlob(s string) error {
	if _, err := compileGlob(s); err != nil {
		return fmt.Errorf("pattern %q: %w", s, err)
	}
	return nil
}

func validRegexp(s string) error {
	if s == "" {
		return errors.New("an empty expression matches everything")
	}
	_, err := regexp.Compile(s)
	return err
}

func validFingerprint(s string) error {
	if !IsFingerprint(s) {
		return fmt.Errorf("%q is no fingerprint; one looks like ks1- and 32 hexadecimal digits", s)
	}
	return nil
}

// IsFingerprint reports whether s has the form of a fingerprint.
func IsFingerprint(s string) bool {
	digits, ok := strings.CutPrefix(s, "ks1-")
	return ok && len(digits) == 32 && strings.Trim(digits, "0123456789abcdef") == ""
}

func matches(pattern, want string) func(string) error {
	return func(s string) error {
		if !regexp.MustCompile(pattern).MatchString(s) {
			return fmt.Errorf("%q is not %s", s, want)
		}
		return nil
	}
}

func isDuration(s string) error {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if _, err := strconv.ParseUint(days, 10, 16); err == nil {
			return nil
		}
	}
	if d, err := time.ParseDuration(s); err != nil || d < 0 {
		return fmt.Errorf("%q is no duration such as 90d, 12h or 30s", s)
	}
	return nil
}

// Statuses returns what a baseline entry may say about its finding.
func Statuses() []string { return []string{"false-positive", "test", "revoked", "accepted"} }

// ParseStatus holds a status to the known ones.
func ParseStatus(s string) error {
	if !slices.Contains(Statuses(), s) {
		return fmt.Errorf("unknown status %q, want one of %s", s, strings.Join(Statuses(), ", "))
	}
	return nil
}

// ParseDate reads a day as 2031-12-31. What expires on it counts until it ends,
// in UTC.
func ParseDate(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no date; write for example 2031-12-31", s)
	}
	return t, nil
}

// expired reports whether a day, as ParseDate reads it, is over. An empty one
// never is.
func expired(day string, now time.Time) bool {
	t, err := time.Parse(time.DateOnly, day)
	return err == nil && !now.UTC().Before(t.AddDate(0, 0, 1))
}

// SettingNames returns the names of all settings, in the order in which they
// are documented.
func SettingNames() []string {
	var out []string
	for _, k := range rootKeys() {
		if k.isSetting() {
			out = append(out, k.name)
		}
	}
	return out
}
