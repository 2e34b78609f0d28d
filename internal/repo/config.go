package repo

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Config is what one or several configuration files say, in order. The zero
// value is empty. Includes are listed, never followed.
type Config struct {
	items []configItem
}

type configItem struct {
	key   string // section and name in lower case, subsection as written
	value string
	bare  bool // a name without "=", which means true
}

// ParseConfig reads the text of a git configuration file.
func ParseConfig(data []byte) (*Config, error) {
	p := configParser{rest: bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), line: 1}
	if err := p.run(); err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line, err)
	}
	return &Config{items: p.items}, nil
}

// Append returns a configuration in which the values of c are overridden by
// those of next.
func (c *Config) Append(next *Config) *Config {
	items := make([]configItem, 0, len(c.items)+len(next.items))
	return &Config{items: append(append(items, c.items...), next.items...)}
}

// Get returns the last value of key, such as "core.excludesfile" or
// "remote.origin.url": section and name in lower case. A name without a value
// is "true".
func (c *Config) Get(key string) (string, bool) {
	for i := len(c.items) - 1; i >= 0; i-- {
		if it := c.items[i]; it.key == key {
			if it.bare {
				return "true", true
			}
			return it.value, true
		}
	}
	return "", false
}

// Bool returns the last value of key as git reads a boolean, def if there is
// none.
func (c *Config) Bool(key string, def bool) (bool, error) {
	v, ok := c.Get(key)
	if !ok {
		return def, nil
	}
	switch strings.ToLower(v) {
	case "true", "yes", "on":
		return true, nil
	case "false", "no", "off", "":
		return false, nil
	}
	n, err := strconv.ParseInt(v, 0, 64)
	if err != nil {
		return def, fmt.Errorf("%s: bad boolean %q", key, v)
	}
	return n != 0, nil
}

// All calls yield with each key and value, in order. It is an iter.Seq2.
func (c *Config) All(yield func(key, value string) bool) {
	for _, it := range c.items {
		v := it.value
		if it.bare {
			v = "true"
		}
		if !yield(it.key, v) {
			return
		}
	}
}

var errConfigSyntax = errors.New("bad configuration line")

type configParser struct {
	rest    []byte
	line    int
	section string // with trailing dot
	items   []configItem
}

// next takes one byte; "\r\n" is read as "\n". At the end it returns "\n"
// and false.
func (p *configParser) next() (byte, bool) {
	if len(p.rest) == 0 {
		return '\n', false
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	if c == '\r' && len(p.rest) > 0 && p.rest[0] == '\n' {
		c = '\n'
		p.rest = p.rest[1:]
	}
	if c == '\n' {
		p.line++
	}
	return c, true
}

func (p *configParser) run() error {
	for {
		c, ok := p.next()
		switch {
		case !ok:
			return nil
		case isSpace(c):
		case c == '#' || c == ';':
			p.comment()
		case c == '[':
			if err := p.header(); err != nil {
				return err
			}
		case isAlpha(c) && p.section != "":
			if err := p.item(c); err != nil {
				return err
			}
		default:
			return errConfigSyntax
		}
	}
}

func (p *configParser) comment() {
	for {
		if c, _ := p.next(); c == '\n' {
			return
		}
	}
}

// header reads what follows "[": a section, or a section and a quoted
// subsection.
func (p *configParser) header() error {
	var name []byte
	for {
		c, ok := p.next()
		switch {
		case !ok || c == '\n':
			return errConfigSyntax
		case c == ']':
			if len(name) == 0 {
				return errConfigSyntax
			}
			p.section = string(name) + "."
			return nil
		case isSpace(c):
			return p.subsection(append(name, '.'))
		case isAlpha(c) || isDigit(c) || c == '-' || c == '.':
			name = append(name, lower(c))
		default:
			return errConfigSyntax
		}
	}
}

func (p *configParser) subsection(name []byte) error {
	c, _ := p.next()
	for c == ' ' || c == '\t' {
		c, _ = p.next()
	}
	if c != '"' {
		return errConfigSyntax
	}
	for {
		c, ok := p.next()
		if c == '\\' {
			c, ok = p.next()
		} else if c == '"' {
			break
		}
		if !ok || c == '\n' {
			return errConfigSyntax
		}
		name = append(name, c)
	}
	if c, _ := p.next(); c != ']' {
		return errConfigSyntax
	}
	p.section = string(name) + "."
	return nil
}

// item reads a name that starts with c, and its value.
func (p *configParser) item(c byte) error {
	name := []byte{lower(c)}
	for {
		c, _ = p.next()
		if !isAlpha(c) && !isDigit(c) && c != '-' {
			break
		}
		name = append(name, lower(c))
	}
	for c == ' ' || c == '\t' {
		c, _ = p.next()
	}
	it := configItem{key: p.section + string(name)}
	switch c {
	case '\n':
		it.bare = true
	case '=':
		v, err := p.value()
		if err != nil {
			return err
		}
		it.value = v
	default:
		return errConfigSyntax
	}
	p.items = append(p.items, it)
	return nil
}

// value reads up to the end of the line, without surrounding blanks outside
// of quotes.
func (p *configParser) value() (string, error) {
	var v []byte
	quoted := false
	keep := 0 // length of v without blanks at its end
	for {
		c, _ := p.next()
		switch {
		case c == '\n':
			if quoted {
				return "", errConfigSyntax
			}
			return string(v[:keep]), nil
		case !quoted && isSpace(c):
			if keep > 0 || len(v) > 0 {
				v = append(v, c)
			}
			continue
		case !quoted && (c == '#' || c == ';'):
			p.comment()
			return string(v[:keep]), nil
		case c == '\\':
			e, ok := p.next()
			if e == '\n' {
				if !ok {
					return "", errConfigSyntax
				}
				continue
			}
			u, ok := unescape(e)
			if !ok {
				return "", errConfigSyntax
			}
			v = append(v, u)
		case c == '"':
			quoted = !quoted
		default:
			v = append(v, c)
		}
		keep = len(v)
	}
}

func unescape(c byte) (byte, bool) {
	switch c {
	case 't':
		return '\t', true
	case 'b':
		return '\b', true
	case 'n':
		return '\n', true
	case '\\', '"':
		return c, true
	}
	return 0, false
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f'
}
func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}
