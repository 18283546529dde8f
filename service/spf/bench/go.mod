module github.com/mailassay/mailassay/service/spf/bench

go 1.26.0

require github.com/mailassay/mailassay v0.0.0

require (
	blitiri.com.ar/go/spf v1.6.0
	github.com/maypok86/otter/v2 v2.4.0 // indirect
	github.com/miekg/dns v1.1.73 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/mailassay/mailassay => ../../..
