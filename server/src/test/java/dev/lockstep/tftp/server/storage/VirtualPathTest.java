package dev.lockstep.tftp.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import java.io.File;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualPathTest {
    @ParameterizedTest
    @CsvSource({
        "pxe.0, pxe.0",
        "/pxe.0, pxe.0",
        "//pxe.0, pxe.0",
        "\\boot\\x64\\wdsnbp.com, boot|x64|wdsnbp.com",
        "boot/x64\\wdsnbp.com, boot|x64|wdsnbp.com",
        "./a/./b, a|b",
        "a//b, a|b",
        "a/b/, a|b",
        "..., ...",
        "..a, ..a",
        "a.., a..",
        "a..b/c, a..b|c",
        "%2e%2e/x, %2e%2e|x",
        "a b/c d, a b|c d",
        "con, con",
        "grub.cfg-01:02, grub.cfg-01:02",
        "file., file.",
    })
    void a_name_is_split_at_both_slashes(String name, String elements) throws TftpException {
        assertThat(String.join("|", VirtualPath.elementsOf(name))).isEqualTo(elements);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "\\", "///", ".", "./.", "./"})
    void the_root_itself_has_no_elements(String name) throws TftpException {
        assertThat(VirtualPath.elementsOf(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../x",
                "/..",
                "/../x",
                "a/../b",
                "a/..",
                "a/../../b",
                "\\..\\x",
                "a\\..\\..\\b",
                "..\\x",
                "./../x",
                "a\0b",
                "\0",
                "a/\0/b"
            })
    @Tag("case-57")
    void case57_a_name_that_leads_out_is_refused_and_not_normalized(String name) {
        TftpException refusal = catchThrowableOfType(TftpException.class, () -> VirtualPath.elementsOf(name));
        assertThat(refusal).isNotNull();
        assertThat(refusal.is(ErrorCode.ACCESS_VIOLATION)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"C:", "C:\\boot.ini", "c:/boot.ini", "C:boot.ini", "a/C:/b", "a:b"})
    @Tag("case-57")
    void case57_a_drive_is_refused_on_windows_and_a_name_elsewhere(String name) throws TftpException {
        if (File.separatorChar == '\\') {
            assertThat(catchThrowableOfType(TftpException.class, () -> VirtualPath.elementsOf(name)))
                    .isNotNull();
        } else {
            assertThat(VirtualPath.elementsOf(name)).containsExactly(name.split("[/\\\\]"));
        }
    }

    @Test
    @Tag("case-F6")
    void f06_a_leading_slash_is_the_root_of_the_served_folder() throws TftpException {
        assertThat(VirtualPath.elementsOf("/boot/grub/x.mod")).containsExactly("boot", "grub", "x.mod");
    }

    @Test
    void a_unc_name_stays_below_the_root() throws TftpException {
        assertThat(VirtualPath.elementsOf("\\\\server\\share\\x")).containsExactly("server", "share", "x");
    }
}
