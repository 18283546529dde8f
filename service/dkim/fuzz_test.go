package dkim

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mailassay/mailassay/resolver"
)

// FuzzSelection holds what h= selects to the plain reference, in few fields and in
// so many that they have a table.
func FuzzSelection(f *testing.F) {
	for _, seed := range []string{"From:to:From", "a : B", "x:x:x:from", "dkim-signature:from"} {
		f.Add("From: a\r\nTo: b\r\nX: 1\r\nx : 2\r\n\tmore\r\nDKIM-Signature: v=0\r\nX: 3\r\n", seed, false)
		f.Add("A:b\r\na:\r\n \r\nB:\x00\r\n", seed, true)
	}
	f.Fuzz(func(t *testing.T, header, list string, many bool) {
		if many {
			for i := range fewFields {
				header = fmt.Sprintf("Z%d: %d\r\n", i%7, i) + header
			}
		}
		if !strings.HasSuffix(header, "\r\n") {
			header += "\r\n"
		}
		h, size, ended := parseHeader([]byte(header))
		names, ok := appendNames(nil, list)
		if h.Stray > 0 || ended || size < len(header) || !ok {
			return
		}
		for _, c := range []Canon{Simple, Relaxed} {
			s := Signature{At: len(h.Fields), Names: names, HeaderCanon: c}
			got := ""
			for _, at := range s.selection(nil, h) {
				got += string(c.Append(nil, h.Fields[at]))
			}
			if want := referenceSelect(c.String(), strings.TrimSuffix(header, "\r\n"), list); got != want {
				t.Errorf("%v of %q in %q: %q, want %q", c, list, header, got, want)
			}
		}
		for _, name := range names {
			if p := h.Positions(name); !slices.IsSorted(p) || len(p) != len(h.Named(name)) {
				t.Errorf("%q is at %v", name, p)
			}
		}
	})
}

// FuzzHostname: what is taken as a name can be asked for and is its own form.
func FuzzHostname(f *testing.F) {
	for _, seed := range []string{"Example.COM", "b\u00fccher.example", "xn--bcher-kva.example", "a_b.c", "\u3002", "\u212a.example", "-a.b", "a..b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, ok := hostname(text, 1)
		if !ok {
			return
		}
		if again, ok := hostname(name, 1); !ok || again != name {
			t.Errorf("%q is %q, then %q", text, name, again)
		}
		if canonical, err := resolver.Canonical(name); err != nil || canonical != name {
			t.Errorf("%q is %q, in DNS %q: %v", text, name, canonical, err)
		}
		if !within("sub."+name, name) || within("sub"+name, name) {
			t.Errorf("%q is not below itself", name)
		}
	})
}

// FuzzBase64 holds tags to the base64 of the library, white space and padding
// aside.
func FuzzBase64(f *testing.F) {
	for _, seed := range []string{"AAAA", "AA==", "AA", "A A\r\n\t=\t=", "AAAAA", "A===", "=", "AAAA=", "+/+/", "A\nA=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := decodeTag(nil, text)
		bare := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(text)
		padded := bare
		if !strings.HasSuffix(bare, "=") {
			padded += strings.Repeat("=", (4-len(bare)%4)%4)
		}
		want, err := base64.StdEncoding.DecodeString(padded)
		if ok != (err == nil && len(want) > 0) || ok && string(got) != string(want) {
			t.Errorf("%q: %x %v, want %x %v", text, got, ok, want, err)
		}
		// A key record reads the same.
		if data, bad := decodeBase64(text); (bad == nil) != ok || ok && string(data) != string(want) {
			t.Errorf("%q in a key: %x %v, want %x %v", text, data, bad, want, ok)
		}
	})
}

// FuzzIdentity: what is decoded and encoded octet for octet decodes alike.
func FuzzIdentity(f *testing.F) {
	for _, seed := range []string{"a=40b@c.d", "@x", "=", "=4", "=zz@", "a b@c", "\u00fc@x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := decodeIdentity(text)
		if !ok {
			return
		}
		encoded := ""
		for i := range len(got) {
			if got[i] == '@' {
				encoded += "@" // which the grammar wants as it is
				continue
			}
			encoded += fmt.Sprintf("=%02X", got[i])
		}
		if again, ok := decodeIdentity(encoded); !ok || again != got {
			t.Errorf("%q is %q, then %q", text, got, again)
		}
	})
}

// FuzzPublicKey: a key that is handed on is read as its record is.
func FuzzPublicKey(f *testing.F) {
	p := b64(spki(f, ed25519Key.Public()))
	for _, seed := range []string{p, "k=ed25519; p=" + p, "-----BEGIN PUBLIC KEY-----\n" + p + "\n-----END PUBLIC KEY-----", "-----BEGIN", "p=", "AAAA"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParsePublicKey(text)
		if (err == nil) != (key.Public != nil || key.Revoked) {
			t.Errorf("%+v with %v", key, err)
		}
		if err != nil && FlawOf(err) == 0 {
			t.Errorf("%v tells no flaw", err)
		}
		if key.Public != nil {
			if again, err := ParseKey(key.Text); err != nil || !SameKey(key, again) {
				t.Errorf("%q is another key: %v", key.Text, err)
			}
		}
		if _, ok := Join(text, text); ok && err == nil {
			t.Errorf("%q is a key and half a key", text)
		}
	})
}
