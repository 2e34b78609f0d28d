package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A sizeValue is a flag for a number of bytes, as 10M or 512k.
type sizeValue int64

func (v *sizeValue) String() string { return strconv.FormatInt(int64(*v), 10) }
func (v *sizeValue) Type() string   { return "SIZE" }

func (v *sizeValue) Set(s string) error {
	n, err := parseSize(s)
	*v = sizeValue(n)
	return err
}

// parseSize reads a positive number with a unit of k, M, G or T, each 1,024
// times the one before, with or without a final B or iB.
func parseSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "kKmMgGtTiIbB")
	unit := strings.ToLower(s[len(digits):])
	unit = strings.TrimSuffix(strings.TrimSuffix(unit, "b"), "i")
	shift, ok := map[string]int{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[unit]
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || !ok || n < 0 || n > math.MaxInt64>>shift {
		return 0, fmt.Errorf("%q is no size; write a number of bytes such as 512k, 10M or 2G", s)
	}
	return n << shift, nil
}

// A durationValue is a flag for a time span, as 90d or 12h.
type durationValue time.Duration

func (v *durationValue) String() string { return time.Duration(*v).String() }
func (v *durationValue) Type() string   { return "DURATION" }

func (v *durationValue) Set(s string) error {
	d, err := parseDuration(s)
	*v = durationValue(d)
	return err
}

// parseDuration reads what time.ParseDuration does, and whole days as "90d".
func parseDuration(s string) (time.Duration, error) {
	const day = 24 * time.Hour
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int64
		n, err = strconv.ParseInt(days, 10, 64)
		if err == nil && n > int64(math.MaxInt64/day) {
			err = strconv.ErrRange
		}
		d = time.Duration(n) * day
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no duration; write for example 90d, 12h or 30s", s)
	}
	return d, nil
}

// A nameValue is a flag for one of a few names, which parse turns into a T.
type nameValue[T fmt.Stringer] struct {
	value *T
	kind  string
	parse func(string) (T, error)
}

func (v nameValue[T]) String() string {
	if v.value == nil {
		return ""
	}
	return (*v.value).String()
}

func (v nameValue[T]) Type() string { return v.kind }

func (v nameValue[T]) Set(s string) error {
	x, err := v.parse(s)
	if err == nil {
		*v.value = x
	}
	return err
}
