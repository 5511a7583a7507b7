package dev.lockstep.tftp.resilience;

import static dev.lockstep.tftp.harness.Bytes.ack;
import static dev.lockstep.tftp.harness.Bytes.bytes;
import static dev.lockstep.tftp.harness.Bytes.data;
import static dev.lockstep.tftp.harness.Bytes.error;
import static dev.lockstep.tftp.harness.Bytes.oack;
import static dev.lockstep.tftp.harness.Bytes.pattern;
import static dev.lockstep.tftp.harness.Bytes.rrq;
import static dev.lockstep.tftp.harness.Bytes.wrq;

import dev.lockstep.tftp.harness.RawSocketPeer;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Kinds of misbehaviour. Each uses a separate socket, and sends to a listener and to the TID of the transfer of another client. */
enum MisbehavingPeer {
    RANDOM_BYTES {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            Random random = new Random(block);
            for (int i = 0; i < 50; i++) {
                byte[] noise = new byte[random.nextInt(600)];
                random.nextBytes(noise);
                both(socket, listener, tid, noise);
            }
        }
    },
    EVERY_TRUNCATED_MESSAGE {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            for (byte[] message : EVERY_MESSAGE) {
                for (int length = 0; length < message.length; length++) {
                    both(socket, listener, tid, Arrays.copyOf(message, length));
                }
            }
        }
    },
    WRONG_OPCODES {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            for (int opcode = 0; opcode <= 255; opcode++) {
                both(socket, listener, tid, bytes(0, opcode < 7 ? 0 : opcode, 0, block, "octet", 0));
                both(socket, listener, tid, bytes(opcode == 0 ? 1 : opcode, 4, 0, block));
            }
        }
    },
    NON_REQUESTS_TO_THE_LISTENER {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            for (int code = 0; code <= 9; code++) {
                socket.sendTo(listener, error(code, "no"));
            }
            socket.sendTo(listener, data(block + 1, pattern(512)));
            socket.sendTo(listener, ack(block));
            socket.sendTo(listener, oack("blksize", "8"));
        }
    },
    SPOOFED_TIDS {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            for (byte[] message :
                    new byte[][] {ack(block), ack(block + 1), error(0, "stop"), data(block, pattern(9))}) {
                socket.sendTo(tid, message);
            }
        }
    },
    /** Uses a transfer of its own, since a TID receives nothing from other peers. */
    ACKS_FROM_THE_FUTURE {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            socket.ask(listener, rrq(BadPeerIT.FILE, "timeout", "255", "windowsize", "4"));
            socket.expectOack();
            for (int future : new int[] {1, 4, 500, 32_768, 65_535}) {
                socket.send(ack(future));
            }
            socket.send(error(0, "enough"));
        }
    },
    DATAGRAMS_OF_64_KIB {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            for (byte[] message : EVERY_MESSAGE) {
                both(socket, listener, tid, Arrays.copyOf(message, 65_507));
            }
        }
    },
    REQUESTS_OF_600_BYTES {
        @Override
        void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block) {
            socket.sendTo(listener, rrq("x".repeat(600 - 9)));
            socket.sendTo(listener, wrq("new", "blksize", "0".repeat(560) + "512"));
        }
    };

    private static final List<byte[]> EVERY_MESSAGE = List.of(
            rrq("nothing", "blksize", "1428", "timeout", "1"),
            wrq("nothing/new", "tsize", "5"),
            data(1, bytes("data")),
            ack(1),
            error(1, "file not found"),
            oack("blksize", "1428"));

    /** Misbehaves once, while the transfer with that TID waits for the ACK of that block. */
    abstract void to(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, int block);

    private static void both(RawSocketPeer socket, InetSocketAddress listener, InetSocketAddress tid, byte[] datagram) {
        socket.sendTo(listener, datagram);
        socket.sendTo(tid, datagram);
    }
}
