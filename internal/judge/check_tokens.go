package judge

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// checkTelegram verifies the form of a bot token: the id of the bot, a colon
// and 35 characters.
func checkTelegram(in *Input) Result {
	if why, ok := checkSample(in.Secret); ok {
		return checkHarmless(why)
	}
	id, key, ok := strings.Cut(string(in.Secret), ":")
	switch {
	case !ok || len(key) != 35 || len(id) < 6 || len(id) > 10 || id[0] == '0' || !checkAll(id, checkIsDigit):
		return checkFailed(checkReasonNoForm)
	case checkIsMask(key) || checkIsFlat([]byte(key)) || checkIsPlaceholder(key):
		return checkFailed("masked")
	}
	r := checkUnchecked("bot id and length fit")
	r.identify("bot-id", id)
	return r
}

// checkSlack reads the public parts of a Slack token or webhook: the ids of
// team, app and channel.
func checkSlack(in *Input) Result {
	if why, ok := checkSample(in.Secret); ok {
		return checkHarmless(why)
	}
	s := string(in.Secret)
	if _, path, ok := strings.Cut(string(in.Match), "/services/"); ok {
		return checkSlackHook(path)
	}
	if _, path, ok := strings.Cut(string(in.Match), "/workflows/"); ok {
		return checkSlackHook(path)
	}
	parts := strings.Split(s, "-")
	if len(parts) < 3 {
		if checkIsMask(s) {
			return checkFailed("masked")
		}
		return checkUnchecked("")
	}
	last := parts[len(parts)-1]
	if checkIsMask(last) || checkIsFlat([]byte(last)) || checkIsPlaceholder(strings.TrimLeft(s[4:], "-")) {
		return checkFailed("masked")
	}
	r := checkUnchecked("form fits")
	switch {
	case parts[0] == "xapp" && len(parts) >= 4:
		r.identify("app", parts[2])
	case len(parts[1]) >= 9 && len(parts) >= 4 && checkAll(parts[1], checkIsDigit), parts[0] == "xoxb" && len(parts[1]) >= 9 && checkAll(parts[1], checkIsDigit):
		r.identify("team", parts[1])
	}
	return r
}

func checkSlackHook(path string) Result {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if checkIsMask(last) || checkIsFlat([]byte(last)) || checkIsPlaceholder(last) {
		return checkFailed("masked")
	}
	r := checkUnchecked("form fits")
	for i, name := range [...]string{"team", "channel"} {
		if i < len(parts)-1 && len(parts[i]) <= 12 && strings.Trim(parts[i], "0") != "T" {
			r.identify(name, parts[i])
		}
	}
	return r
}

// checkStripe tells keys of the live mode from those of the test mode.
func checkStripe(in *Input) Result {
	if why, ok := checkSample(in.Secret); ok {
		return checkHarmless(why)
	}
	s := string(in.Secret)
	body := s[strings.LastIndexByte(s, '_')+1:]
	if checkIsMask(body) || checkIsFlat([]byte(body)) || checkIsPlaceholder(body) {
		return checkFailed("masked")
	}
	r := checkUnchecked("")
	switch {
	case strings.Contains(s, "_test_"):
		r.Reason, r.Lower = "key of the test mode", LowerToLow
		r.identify("mode", "test")
	case strings.Contains(s, "_live_"):
		r.Reason = "key of the live mode"
		r.identify("mode", "live")
	}
	return r
}

// checkDiscordBot verifies that the first part of a token is the base64 of the
// bot's id, a number of 17 to 20 digits.
func checkDiscordBot(in *Input) Result {
	parts := strings.Split(string(in.Secret), ".")
	if len(parts) != 3 {
		return checkFailed(checkReasonNoForm)
	}
	id, ok := checkDecodeBase64([]byte(parts[0]))
	if !ok || len(id) < 17 || len(id) > 20 || !checkAll(id, checkIsDigit) {
		return checkFailed("first part holds no bot id")
	}
	if checkIsMask(parts[2]) || checkIsFlat([]byte(parts[2])) {
		return checkFailed("masked")
	}
	r := checkPassed("first part holds the bot id")
	r.identify("bot-id", string(id))
	return r
}

// checkFacebookApp verifies an app token: the number of the app, a bar and the
// secret part.
func checkFacebookApp(in *Input) Result {
	s := strings.Replace(string(in.Secret), "%7C", "|", 1)
	id, key, ok := strings.Cut(s, "|")
	if !ok || len(id) < 14 || len(id) > 17 || id[0] == '0' || !checkAll(id, checkIsDigit) {
		return checkFailed(checkReasonNoForm)
	}
	if ok, why := Plausible([]byte(key)); !ok || checkIsFlat([]byte(key)) {
		if ok {
			why = "masked"
		}
		return checkFailed("secret part is " + why)
	}
	r := checkUnchecked("app id and secret part fit")
	r.identify("app", id)
	return r
}

// checkMacaroon verifies a token of PyPI: a macaroon of version 2 that names
// its location and ends in a signature of 32 bytes.
func checkMacaroon(in *Input) Result {
	s := bytes.TrimPrefix(in.Secret, []byte("pypi-"))
	data, ok := checkDecodeBase64(s)
	if !ok || len(data) < 2 || data[0] != 2 {
		return checkFailed(checkReasonNoForm)
	}
	location, ok := checkParseMacaroon(data[1:])
	if !ok {
		return checkUnchecked("token does not parse")
	}
	r := checkPassed("macaroon parses")
	if len(location) < 64 && checkAll(location, checkIsHostByte) {
		r.identify("host", location)
	}
	return r
}

// checkParseMacaroon reads the sections of a macaroon: fields of a type, a
// length and a value, each section ended by a zero, the signature last.
func checkParseMacaroon(data []byte) (location string, ok bool) {
	first, section := true, false
	for len(data) > 0 {
		kind := data[0]
		if kind == 0 { // the end of a section; an empty one ends the caveats
			data = data[1:]
			first = false
			if section {
				section = false
				continue
			}
			break
		}
		if len(data) < 2 {
			return "", false
		}
		n, head := int(data[1]), 2
		if n >= 0x80 {
			if len(data) < 3 || data[2] >= 0x80 {
				return "", false
			}
			n, head = n&0x7f|int(data[2])<<7, 3
		}
		if kind > 4 || len(data) < head+n {
			return "", false
		}
		if first && kind == 1 {
			location = string(data[head : head+n])
		}
		section = true
		data = data[head+n:]
	}
	return location, location != "" && len(data) == 34 && data[0] == 6 && data[1] == 32
}

// checkJenkinsSecret verifies the outward form of an encrypted secret of
// Jenkins: a version, the lengths of vector and data, and both.
func checkJenkinsSecret(in *Input) Result {
	s := bytes.Trim(in.Secret, "{}")
	data, err := base64.StdEncoding.DecodeString(string(s))
	if err != nil || len(data) < 41 || data[0] != 1 || !bytes.Equal(data[1:5], []byte{0, 0, 0, 16}) {
		return checkFailed(checkReasonNoForm)
	}
	n := int(data[5])<<24 | int(data[6])<<16 | int(data[7])<<8 | int(data[8])
	if n%16 != 0 || n != len(data)-9-16 {
		return checkUnchecked("lengths do not fit")
	}
	return checkPassed("lengths and version fit")
}
