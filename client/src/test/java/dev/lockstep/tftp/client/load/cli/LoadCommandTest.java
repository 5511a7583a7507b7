package dev.lockstep.tftp.client.load.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.client.cli.TftpCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadCommandTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --concurrency 0       | concurrency: 0 (expected: >= 1)
            --transfers 0         | transfers: 0 (expected: >= 1)
            --transfers some      | --transfers: some (expected: a whole number)
            --rate -1             | --rate: -1.0 (expected: transfers a second, > 0)
            --duration 0          | --duration: 0.0 (expected: seconds, > 0)
            --ramp -1             | --ramp: -1.0 (expected: seconds, >= 0)
            --warm-up -1          | --warm-up: -1.0 (expected: seconds, >= 0)
            --loss 1.5            | loss: 1.5 (expected: 0 to 1)
            --delay -1            | delay: -1.0 (expected: milliseconds, >= 0)
            --profile bios        | --profile: bios (expected: pxe, uboot, edk2, ipxe, grub, rpi or cisco)
            --profile pxe --blksize 512 | --profile: pxe (expected: without flags that request options)
            --put --profile grub  | --profile: grub never uploads (expected: uboot or cisco)
            --size 64K            | --size: 65536 (expected: with --put)
            --put --size many     | --size: many (expected: a size such as 4096, 64K or 512M)
            --verify /nonexistent | --verify: /nonexistent (expected: a file that can be read)
            --json /nonexistent/x | --json: /nonexistent/x (expected: a file that can be written)
            --html /nonexistent/x | --html: /nonexistent/x (expected: a file that can be written)
            --json - --html -     | --html: - (expected: a file, with --json -)
            --fail-if p99         | --fail-if: p99 (expected: such as p99>200ms
            --fail-if p99>1s --fail-if failures>1ms | --fail-if: failures>1ms (expected: such as p99>200ms
            --shard 5/4           | --shard: 5/4 (expected: I/N, I from 1 to N)
            --shard job/4         | --shard: job/4 (expected: JOB_COMPLETION_INDEX in the environment)
            --shard 1/65          | concurrency: 64 (expected: >= 65, the number of shards)
            --start-at noon       | --start-at: noon (expected: 2026-12-01T09:30:00Z, HH:MM[:SS], +SECONDS or seconds since 1970)
            --start-at 1700000000 | --start-at: 1700000000: 2023-11-14T22:13:20Z (expected: a time to come, now is
            --ports 5             | --ports: 5 (expected: FIRST-LAST, 1 to 65535)
            --port-rest -1        | --port-rest: -1.0 (expected: ms, 0 to 600000)
            --blksize 7           | --blksize: 7 (expected: 8 to 65464)
            --windowsize 32768    | --windowsize: 32768 (expected: 1 to 32767)
            --threads 0           | event loops: 0 (expected: 1 to 2147483647)
            --mode mail           | --mode: mail (expected: octet or netascii)
            """)
    void an_invalid_flag_exits_with_2_and_prints_its_value_and_what_was_expected(String flags, String message) {
        List<String> arguments = new ArrayList<>(List.of("load", "tftp://127.0.0.1:1/boot.img"));
        arguments.addAll(List.of(flags.split(" ")));
        PrintStream standardError = System.err;
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(TftpCommand.execute(arguments.toArray(String[]::new))).isEqualTo(2);
        } finally {
            System.setErr(standardError);
        }
        assertThat(errors.toString(UTF_8)).startsWith("tftp: ").contains(message);
    }
}
