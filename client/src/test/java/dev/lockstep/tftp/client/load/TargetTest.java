package dev.lockstep.tftp.client.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tftp.codec.TransferMode;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void a_weight_follows_the_uri() {
        Target target = Target.parse("tftp://host:6969/boot.img@3", TransferMode.OCTET);
        assertThat(target.weight()).isEqualTo(3);
        assertThat(target.remote().filename()).isEqualTo("boot.img");
    }

    @Test
    void the_default_weight_is_1() {
        assertThat(Target.parse("tftp://host/boot@work.img", TransferMode.OCTET).weight())
                .isEqualTo(1);
    }

    @Test
    void a_name_that_ends_like_a_weight_is_escaped() {
        Target target = Target.parse("tftp://host/boot%403", TransferMode.OCTET);
        assertThat(target.weight()).isEqualTo(1);
        assertThat(target.remote().filename()).isEqualTo("boot@3");
    }

    @Test
    void the_number_of_the_transfer_is_inserted_into_the_name() {
        Target target = Target.parse("tftp://host/up-{n}.bin", TransferMode.OCTET);
        assertThat(target.remoteOf(17).filename()).isEqualTo("up-17.bin");
    }

    @Test
    void a_missing_file_name_and_a_weight_of_0_are_rejected() {
        assertThatThrownBy(() -> Target.parse("tftp://host/", TransferMode.OCTET))
                .hasMessageContaining("names no file");
        assertThatThrownBy(() -> Target.parse("tftp://host/x@0", TransferMode.OCTET))
                .hasMessageContaining(">= 1");
    }
}
