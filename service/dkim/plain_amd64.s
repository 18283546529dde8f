#include "textflag.h"

// func plain(p []byte) int
//
// X0 and X2 are 32 octets, X1 and X3 the octets after each of them. An octet is
// marked when it is a tab, or when it is a space and the next is at most a space:
// the smaller of it and a space is then itself. SSE2 is part of every amd64.
TEXT ·plain(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), CX
	MOVQ $0x2020202020202020, AX
	MOVQ AX, X6
	PUNPCKLQDQ X6, X6
	MOVQ $0x0909090909090909, AX
	MOVQ AX, X7
	PUNPCKLQDQ X7, X7
	XORQ DI, DI
	SUBQ $33, CX
	JLT  done

loop:
	MOVOU   (SI)(DI*1), X0
	MOVOU   16(SI)(DI*1), X2
	MOVOU   1(SI)(DI*1), X1
	MOVOU   17(SI)(DI*1), X3
	MOVO    X6, X4
	MOVO    X6, X5
	PMINUB  X1, X4
	PMINUB  X3, X5
	PCMPEQB X1, X4
	PCMPEQB X3, X5
	MOVO    X0, X1
	MOVO    X2, X3
	PCMPEQB X6, X0
	PCMPEQB X6, X2
	PCMPEQB X7, X1
	PCMPEQB X7, X3
	PAND    X4, X0
	PAND    X5, X2
	POR     X1, X0
	POR     X3, X2
	MOVO    X0, X1
	POR     X2, X1
	PMOVMSKB X1, AX
	TESTL   AX, AX
	JNE     found
	ADDQ    $32, DI
	CMPQ    DI, CX
	JLE     loop

done:
	MOVQ DI, ret+24(FP)
	RET

found:
	PMOVMSKB X0, AX
	PMOVMSKB X2, BX
	SHLQ $16, BX
	ORQ  BX, AX
	BSFQ AX, AX
	ADDQ AX, DI
	MOVQ DI, ret+24(FP)
	RET
