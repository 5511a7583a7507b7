package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.Datagrams.ack;
import static dev.lockstep.tftp.client.conform.Datagrams.block;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.request;
import static dev.lockstep.tftp.codec.TftpOpcode.ACK;
import static dev.lockstep.tftp.codec.TftpOpcode.DATA;
import static dev.lockstep.tftp.codec.TftpOpcode.ERROR;
import static dev.lockstep.tftp.codec.TftpOpcode.OACK;
import static dev.lockstep.tftp.codec.TftpOpcode.RRQ;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.lockstep.tftp.codec.TftpOpcode;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A client in virtual time that does what the cases require, except for one fault: the number of a check names the
 * behaviour that only this check should notice.
 */
final class SimClient implements TestedClient {
    private static final long RTO = TimeUnit.SECONDS.toNanos(2);
    private static final long DALLY = TimeUnit.SECONDS.toNanos(3);
    private static final int RETRANSMISSIONS = 5;
    private static final int WINDOW = 8;

    private final SimNetwork network;
    private final String fault;
    private final String mode;

    SimClient(SimNetwork network, String fault, String mode) {
        this.network = network;
        this.fault = fault;
        this.mode = mode;
    }

    private boolean has(String number) {
        return fault.equals(number);
    }

    @Override
    public boolean gets() {
        return true;
    }

    @Override
    public boolean puts() {
        return true;
    }

    @Override
    public Running get(InetSocketAddress server, String file) {
        return new Transfer(server, file, null);
    }

    @Override
    public Running put(InetSocketAddress server, String file, byte[] content) {
        return new Transfer(server, file, content);
    }

    private final class Transfer implements Running {
        private final InetSocketAddress address = network.newAddress("10.0.0.7");
        private final InetSocketAddress server;
        private final String name;
        private final boolean read;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final byte[] content;
        private boolean options = true;
        private InetSocketAddress tid;
        private byte[] last;
        private int blksize = 512;
        private int window = 1;
        private boolean oack;
        private boolean first = true;
        private boolean complete;
        private boolean gap;
        private long acked;
        private long sent;
        private long inWindow;
        private long blocks;
        private long tsize = -1;
        private int timer;
        private int retransmissions;
        private Integer exit;

        Transfer(InetSocketAddress server, String name, byte[] content) {
            this.server = server;
            this.name = name;
            this.content = content;
            read = content == null;
            network.listen(address, this::receive);
            ask();
        }

        private void ask() {
            String[] asked = !options
                    ? new String[0]
                    : new String[] {
                        "blksize", has("options") ? "0" : "1000",
                        "tsize", read ? "0" : "" + content.length,
                        "windowsize", has("options") ? "\033[2J" : "" + WINDOW
                    };
            last = request(read ? RRQ : TftpOpcode.WRQ, name, mode, asked);
            if (last.length > 512 && !has("54")) {
                end(2);
                return;
            }
            tid = null;
            network.send(address, server, last);
            arm();
        }

        private void send(byte[] datagram) {
            last = datagram;
            network.send(address, tid, datagram);
        }

        private void end(int status) {
            if (exit == null) {
                exit = status;
                timer++;
            }
        }

        private void refuse(int code, String text) {
            network.send(address, tid, error(code, text));
            end(1);
        }

        private void arm() {
            int mine = ++timer;
            long delay = has("49") ? RTO : RTO << Math.min(retransmissions, 5);
            network.schedule(delay, () -> {
                if (mine == timer && exit == null) {
                    if (++retransmissions > RETRANSMISSIONS) {
                        end(1);
                        return;
                    }
                    timeout();
                    arm();
                }
            });
        }

        private void timeout() {
            if (tid == null) {
                if (has("15") && read) {
                    last = last.clone();
                    last[2]++;
                }
                if (!(has("16") && !read)) {
                    network.send(address, server, last);
                }
            } else if (read) {
                boolean silent = window == 1 && (has("6") || has("17") && acked == 0) || has("46") && inWindow > 0;
                if (!silent) {
                    acked += inWindow;
                    inWindow = 0;
                    send(ack(acked));
                }
            } else if (sent == 0) {
                network.send(address, server, last);
            } else {
                for (long n = acked + 1; n <= sent; n++) {
                    byte[] again = data(n, block(content, n, blksize));
                    if (has("15w") && window == 1) {
                        again[again.length - 1]++;
                    }
                    network.send(address, tid, again);
                }
            }
        }

        private void receive(InetSocketAddress from, byte[] datagram) {
            if (exit != null && !complete) {
                return;
            }
            Packet packet = new Packet(0, false, address, from, datagram);
            boolean otherPeer = tid != null && !from.equals(tid);
            if (otherPeer) {
                boolean second = has("1") && packet.opcode() == DATA && packet.number() == 1;
                boolean taken = has("3") && packet.opcode() == DATA && packet.number() == 2
                        || has("4") && packet.opcode() == ERROR;
                if (second) {
                    network.send(address, from, ack(1));
                }
                if (!taken) {
                    return;
                }
            }
            if (datagram.length < 4 && has("40")) {
                end(1);
            }
            if (tid == null && packet.opcode() >= DATA && packet.opcode() <= OACK) {
                tid = from;
                retransmissions = 0;
            }
            switch (packet.opcode()) {
                case ERROR -> onError(packet);
                case OACK -> onOack(packet);
                case DATA -> {
                    if (read && datagram.length >= 4) {
                        onData(packet.number(), packet.payload());
                    }
                }
                case ACK -> {
                    if (!read && datagram.length >= 4) {
                        onAck(packet.number());
                    }
                }
                default -> {} // dropped
            }
        }

        private void onError(Packet packet) {
            if (packet.number() == 8 && options && first && !has("20")) {
                options = false;
                ask();
                return;
            }
            byte[] bytes = packet.bytes();
            if (bytes[bytes.length - 1] != 0 && has("60")) {
                network.send(address, tid, error(4, "no NUL"));
            }
            end(has("36") && bytes[bytes.length - 1] == 0 ? 0 : 1);
        }

        private void onOack(Packet packet) {
            if (oack) {
                if (!has("17") && read && acked == 0 && inWindow == 0) {
                    send(ack(0));
                }
                return;
            }
            oack = true;
            first = false;
            List<String> strings = packet.strings();
            if (strings.contains("BLKSIZE") && has("24")) {
                refuse(8, "unknown option");
                return;
            }
            Map<String, String> granted = packet.options();
            boolean unknown = granted.containsKey("x-conform");
            String value = granted.getOrDefault("blksize", "512");
            boolean absurd = value.length() > 5 || Integer.parseInt(value) > 1000;
            if (unknown && !has("22") || absurd && !has("67")) {
                refuse(8, "not requested");
                return;
            }
            if (unknown || absurd) {
                end(unknown ? 1 : 0);
                return;
            }
            blksize = granted.containsKey("blksize") ? Integer.parseInt(value) : has("68") ? 1000 : 512;
            if (has("27") && blksize == 100) {
                blksize = 1000;
            }
            tsize = Long.parseLong(granted.getOrDefault("tsize", "-1"));
            window = Integer.parseInt(granted.getOrDefault("windowsize", "1"));
            if (read) {
                send(ack(0));
                arm();
            } else {
                begin();
            }
        }

        private void begin() {
            blocks = content.length / blksize + 1;
            boolean noLast = has("12w") && content.length % blksize == 0 && content.length > 0
                    || has("11w") && content.length == 0;
            if (noLast) {
                blocks--;
            }
            if (blocks == 0) {
                end(0);
                return;
            }
            sendWindow();
            arm();
        }

        private void sendWindow() {
            int size = has("48") && window > 1 ? window + 1 : window;
            long from = acked < sent && !has("42") ? acked : sent;
            for (long n = from + 1; n <= Math.min(blocks, acked + size); n++) {
                network.send(address, tid, data(n, block(content, n, blksize)));
                sent = Math.max(sent, n);
            }
        }

        private void onAck(int number) {
            if (!oack) {
                oack = true;
                first = false;
                if (number == 0) {
                    blksize = has("21w") ? 1000 : 512;
                    begin();
                }
                return;
            }
            long distance = number - acked & 0xFFFF;
            if (distance == 0) {
                if (has("5") && number == 1) {
                    network.send(address, tid, data(2, block(content, 2, blksize)));
                }
            } else if (distance <= sent - acked) {
                acked += distance;
                retransmissions = 0;
                if (acked >= blocks || has("9w") && acked > 0xFFFF) {
                    end(0);
                    return;
                }
                sendWindow();
                arm();
            } else if (distance > 0x8000) {
                if (has("8") && window > 1) {
                    network.send(address, tid, data(number + 1, block(content, number + 1, blksize)));
                }
            } else if (has("7")) {
                network.send(address, tid, data(number + 1, new byte[0]));
            }
        }

        private void onData(int number, byte[] payload) {
            if (complete) {
                if (number == (acked & 0xFFFF) && !has("13")) {
                    send(ack(acked));
                }
                return;
            }
            if (first) {
                if (has("21") && options) {
                    blksize = 1000;
                }
                first = false;
                oack = true;
            }
            if (payload.length > blksize && !has("39")) {
                refuse(4, "too long");
                return;
            }
            long distance = number - acked - inWindow & 0xFFFF;
            if (distance == 1) {
                onNextData(payload);
            } else if (distance > 0x8000 || distance == 0) {
                boolean again = window == 1 ? !has("6") : number == (acked & 0xFFFF) || has("44");
                if (again) {
                    send(ack(has("44") ? number : acked));
                }
            } else if (!gap) {
                gap = true;
                acked += inWindow;
                inWindow = 0;
                send(ack(has("43") ? number : acked));
            }
        }

        private void onNextData(byte[] payload) {
            gap = false;
            inWindow++;
            retransmissions = 0;
            received.writeBytes(payload);
            long block = acked + inWindow;
            boolean last = payload.length < blksize || has("12") && block == 2 && received.size() == tsize;
            if (has("9") && window == 1 && block > 0xFFFF || has("10") && window > 1 && block > 0xFFFF) {
                refuse(3, "too large");
                return;
            }
            if (last && !(has("45") && block == 2 && window > 1) || inWindow >= window) {
                acked = block;
                inWindow = 0;
                send(ack(acked));
                if (last) {
                    complete = true;
                    timer++;
                    end(has("11") && received.size() == 0 ? 71 : 0);
                    network.schedule(DALLY, () -> complete = false);
                    return;
                }
            }
            arm();
        }

        @Override
        public OptionalInt await(long nanos) {
            network.run(() -> exit != null, nanos);
            return exit == null ? OptionalInt.empty() : OptionalInt.of(exit);
        }

        @Override
        public byte[] file() {
            byte[] bytes = received.toByteArray();
            if (!mode.equals("netascii")) {
                return bytes;
            }
            String text = new String(bytes, ISO_8859_1).replace("\r\n", "\n");
            return (has("37") ? text : text.replace("\r\0", "\r"))
                    .toLowerCase(Locale.ROOT)
                    .getBytes(ISO_8859_1);
        }

        @Override
        public void close() {
            end(143);
        }
    }
}
