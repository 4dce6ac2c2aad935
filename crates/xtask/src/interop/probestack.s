# The stack probe that the reference's Wasm compiler calls and newer Rust no longer provides: it
# touches each page of the `rax` bytes below the stack pointer. Changes r11 and flags only.
    .text
    .globl __rust_probestack
    .type __rust_probestack, @function
__rust_probestack:
    push %rax
    mov %rsp, %r11
1:  cmp $4096, %rax
    jbe 2f
    sub $4096, %r11
    orb $0, (%r11)
    sub $4096, %rax
    jmp 1b
2:  sub %rax, %r11
    orb $0, (%r11)
    pop %rax
    ret
    .size __rust_probestack, . - __rust_probestack
    .section .note.GNU-stack,"",@progbits
