package main

import (
	"encoding/binary"
	"os"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

func utf16File(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: utf16 FILE NAME")
	}
	data := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(ts.ReadFile(args[0]))) {
		data = binary.LittleEndian.AppendUint16(data, u)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o644))
}
