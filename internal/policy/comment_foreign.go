package policy

import (
	"regexp"
	"strings"
)

// foreignComment judges the comments of other tools, each where its tool
// reads it: on the line itself, or on the line before if it says so.
func foreignComment(line, before string) Verdict {
	for _, m := range foreignMarkers() {
		text := line
		if m.nextLine {
			text = before
		}
		at := indexMarker(text, m.text)
		if at < 0 || m.inComment && !startsComment(text, at) {
			continue
		}
		return Verdict{Allowed: true, By: m.text, Reason: foreignReason(text[at+len(m.text):])}
	}
	return namedRule(line)
}

// A foreignMarker is a comment of a tool that knows nothing but secrets.
type foreignMarker struct {
	text      string
	nextLine  bool // it stands on the line before
	inComment bool // it must stand in a comment: the tool reads it only there
}

func foreignMarkers() []foreignMarker {
	// In two parts, because as one word they would speak to their tools here.
	out := []foreignMarker{
		{text: "gitleaks" + ":allow"}, {text: "betterleaks" + ":allow"}, {text: "trufflehog" + ":ignore"},
		{text: "ggignore", inComment: true},
		{text: "secretlint-disable-line", inComment: true},
		{text: "secretlint-disable-next-line", inComment: true, nextLine: true},
	}
	for _, list := range [...]string{"allowlist", "whitelist"} {
		for _, sep := range [...]string{" ", "-"} {
			out = append(out,
				foreignMarker{text: "pragma: " + list + sep + "secret", inComment: true},
				foreignMarker{text: "pragma: " + list + sep + "nextline" + sep + "secret", inComment: true, nextLine: true})
		}
	}
	return out
}

// namedRule judges comments of tools that know more than secrets: they count
// only if they name the rule about credentials.
func namedRule(line string) Verdict {
	for _, marker := range [...]string{"nosec", "nolint"} {
		at := indexMarker(line, marker)
		if at < 0 || !startsComment(line, at) {
			continue
		}
		rest := line[at+len(marker):]
		names, reason, _ := strings.Cut(rest, " -- ")
		if marker == "nolint" {
			// A linter is named there and not its rule, which stands in the
			// explanation if at all.
			names, reason = rest, rest
		}
		if id := credentialRule(names); id != "" {
			return Verdict{Allowed: true, By: marker + " " + id, Reason: foreignReason(reason)}
		}
	}
	return Verdict{}
}

// credentialRule returns the rule about hard-coded or exposed credentials
// that s names, or nothing.
func credentialRule(s string) string {
	return regexp.MustCompile(`\bG1(?:01|17)\b`).FindString(s)
}

// foreignReason returns what stands after a marker without the punctuation
// that sets it off.
func foreignReason(s string) string {
	s = strings.TrimLeft(comment(s), " :;,#/*-")
	if !isReason(s) {
		return ""
	}
	return s
}
