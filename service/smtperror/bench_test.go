package smtperror_test

import (
	"strings"
	"testing"

	"github.com/mailassay/mailassay/service/smtperror"
)

var typical = "host mx.example.net[192.0.2.25] said: 550-5.7.1 [192.0.2.1] Mail from this address is refused, 550-5.7.1 for its reverse DNS entry does not exist. 550 5.7.1 See https://postmaster.example.net/rdns?ip=192.0.2.1 (in reply to RCPT TO command)"

func BenchmarkTypicalReply(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		smtperror.Classify(smtperror.Read(typical))
	}
}

// worst are inputs that make each part of the reading work hardest, 64 KiB each.
func worst() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, (64<<10)/len(s)) }
	return map[string]string{
		"words":     fill("reverse dns does not exist "),
		"codes":     fill("550-5.7.1 550 5.1.1 "),
		"fields":    fill("Action: failed Status: 5.0.0 Diagnostic-Code: smtp; 550 x "),
		"lines":     "Diagnostic-Code:" + fill("\n \n"),
		"links":     fill("http://a.example/?p=1&q=2 "),
		"addresses": fill("a@b.example [192.0.2.1] "),
		"tags":      fill("<<<<a<"),
		"escapes":   fill(`\n\u0041&amp;=3D=`),
		"colons":    fill("1:2:3:4:"),
		"mailbox":   fill("a.b+c=d/e%f&g"),
		"parts":     "Content-Type: multipart/mixed; boundary=x\nFrom: a\nTo: b\n\n" + fill("--x\n\n"),
		"stems":     fill("rejectedrejectedrejected "),
		"signs":     fill("存在しない"),
		"arrows":    fill(">>> mail from "),
		"marks":     fill("in reply to did not like our after rcpt to "),
		"brackets":  fill("host a.example[192.0.2.1] "),
		"dots":      fill("1.2.3.4.5.6."),
		"noise":     fill("\xff\x00\x1b$B"),
	}
}

func BenchmarkWorstInput(b *testing.B) {
	for name, text := range worst() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				smtperror.Classify(smtperror.Read(text))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(text)>>10)/1e6, "ms/KiB")
		})
	}
}
