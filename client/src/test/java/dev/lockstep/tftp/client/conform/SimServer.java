package dev.lockstep.tftp.client.conform;

import static dev.lockstep.tftp.client.conform.Datagrams.ack;
import static dev.lockstep.tftp.client.conform.Datagrams.block;
import static dev.lockstep.tftp.client.conform.Datagrams.data;
import static dev.lockstep.tftp.client.conform.Datagrams.error;
import static dev.lockstep.tftp.client.conform.Datagrams.oack;
import static dev.lockstep.tftp.codec.TftpOpcode.ACK;
import static dev.lockstep.tftp.codec.TftpOpcode.DATA;
import static dev.lockstep.tftp.codec.TftpOpcode.ERROR;
import static dev.lockstep.tftp.codec.TftpOpcode.RRQ;
import static dev.lockstep.tftp.codec.TftpOpcode.WRQ;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A server in virtual time that does what the cases require, except for one fault: the number of a check names the
 * behaviour that only this check should notice.
 */
final class SimServer {
    static final InetSocketAddress ADDRESS = new InetSocketAddress("10.0.0.1", 69);

    static final long RTO = TimeUnit.SECONDS.toNanos(1);
    private static final long DISK = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int RETRANSMISSIONS = 6;

    private final SimNetwork network;
    private final SimFolder folder;
    private final String fault;
    private final long rto;
    private final Map<InetSocketAddress, Session> byClient = new HashMap<>();
    private boolean dead;
    private boolean wrongContent;
    private boolean ignoresNext;

    SimServer(SimNetwork network, SimFolder folder, String fault, long rto) {
        this.network = network;
        this.folder = folder;
        this.fault = fault;
        this.rto = rto;
        network.listen(ADDRESS, this::receive);
    }

    private boolean has(String number) {
        return fault.equals(number);
    }

    private void reply(InetSocketAddress to, byte[] datagram) {
        network.send(network.newAddress("10.0.0.1"), to, datagram);
    }

    private void receive(InetSocketAddress from, byte[] datagram) {
        if (dead) {
            return;
        }
        Packet packet = new Packet(0, false, ADDRESS, from, datagram);
        if (packet.opcode() == RRQ || packet.opcode() == WRQ) {
            request(from, packet);
            return;
        }
        Session own = byClient.get(from);
        if (has("64") && own != null) {
            own.receive(from, datagram);
            return;
        }
        dead = has("P2") && datagram.length == 1 || has("P3") && packet.opcode() == 9;
        if (has("P6") && packet.opcode() == ERROR) {
            reply(from, error(4, "not a request"));
        }
    }

    private void request(InetSocketAddress from, Packet packet) {
        if (ignoresNext) {
            ignoresNext = false;
            return;
        }
        byte[] bytes = packet.bytes();
        List<String> strings = packet.strings();
        boolean tooLong = bytes.length > 512 && !has("54");
        if (strings.size() < 2 && has("53") && strings.size() == 1) {
            strings = List.of(strings.get(0), "octet");
        }
        if (tooLong || strings.size() < 2) {
            reply(from, error(4, "malformed"));
            return;
        }
        String raw = strings.get(0);
        String decoded = new String(raw.getBytes(ISO_8859_1), UTF_8);
        String name = decoded.contains("\uFFFD") ? raw : decoded;
        String mode = strings.get(1).toLowerCase(Locale.ROOT);
        if (has("P5") && decoded.contains("\uFFFD")) {
            dead = true;
            return;
        }
        if (!mode.equals("octet") && !mode.equals("netascii") && !has("55")) {
            reply(from, error(4, "mode"));
            return;
        }
        Session old = byClient.get(from);
        boolean write = packet.opcode() == WRQ;
        if (old != null && Arrays.equals(old.request, bytes)) {
            if (old.duplicate()) {
                return;
            }
        }
        if (old != null && !old.ended && !has("F5") && !Arrays.equals(old.request, bytes)) {
            old.end();
        }
        if (name.startsWith("/") && !name.contains("..")) {
            name = name.substring(1);
        }
        if (write) {
            openWrite(from, packet, name, mode, strings);
        } else {
            openRead(from, packet, name, mode, strings);
        }
    }

    private void openRead(InetSocketAddress from, Packet packet, String name, String mode, List<String> strings) {
        byte[] content = folder.files.get(name);
        if (has("56") && !name.chars().allMatch(c -> c < 0x80)) {
            content = null;
        }
        if (name.isEmpty() && has("52")
                || folder.folders.contains(name) && has("59")
                || name.startsWith("../") && has("57")) {
            content = new byte[0];
        }
        if (folder.pipes.contains(name)) {
            dead = has("P4");
            reply(from, error(2, "not a file"));
            return;
        }
        if (content == null) {
            reply(from, error(has("F6") ? 0 : name.isEmpty() ? 4 : 1, "file not found"));
            return;
        }
        if (wrongContent) {
            content = new byte[content.length];
        }
        for (Session other : byClient.values()) {
            if (has("63")
                    && mode.equals("octet")
                    && !other.ended
                    && !other.client.equals(from)
                    && other.read
                    && other.content != content) {
                content = other.content;
            }
        }
        new Session(from, packet, name, mode, strings, content);
    }

    private void openWrite(InetSocketAddress from, Packet packet, String name, String mode, List<String> strings) {
        if (name.isEmpty()) {
            dead = has("P11");
            reply(from, error(4, "empty name"));
            return;
        }
        new Session(from, packet, name, mode, strings, null);
    }

    /** A transfer. */
    private final class Session {
        private final InetSocketAddress client;
        private final InetSocketAddress tid;
        private final byte[] request;
        private final String name;
        private final boolean read;
        private final boolean netascii;
        private final Map<String, String> asked = new HashMap<>();
        private final List<String> granted = new ArrayList<>();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private byte[] content;
        private int blksize = 512;
        private int window = 1;
        private boolean oackPending;
        private boolean single;
        private boolean ended;
        private boolean complete;
        private long blocks;
        private long acked;
        private long sent;
        private long inWindow;
        private boolean gap;
        private int timer;
        private int retransmissions;
        private byte[] first;

        Session(InetSocketAddress client, Packet packet, String name, String mode, List<String> strings, byte[] file) {
            this.client = client;
            this.name = name;
            request = packet.bytes();
            read = packet.opcode() == RRQ;
            netascii = mode.equals("netascii");
            tid = has("64") ? ADDRESS : network.newAddress(has("62") ? "10.0.0.9" : "10.0.0.1");
            content = file != null && netascii ? ServedFile.netascii(file) : file;
            if (!negotiate(strings)) {
                return;
            }
            if (read) {
                if (has("37") && netascii) {
                    content = new String(content, ISO_8859_1).replace("\0", "").getBytes(ISO_8859_1);
                }
                blocks = content.length / blksize + 1;
            }
            byClient.put(client, this);
            if (!has("64")) {
                network.listen(tid, this::receive);
            }
            oackPending = !granted.isEmpty();
            if (oackPending) {
                first = oack(granted.toArray(String[]::new));
                send(first);
            } else if (read) {
                sendWindow(1);
            } else {
                first = ack(0);
                send(first);
            }
            arm();
        }

        private boolean negotiate(List<String> strings) {
            single = strings.size() == 4;
            for (int i = 2; i + 1 < strings.size(); i += 2) {
                String option = strings.get(i);
                String key = has("24") ? option : option.toLowerCase(Locale.ROOT);
                boolean again = asked.putIfAbsent(key, strings.get(i + 1)) != null;
                if (!again || has("25")) {
                    String value = grant(key, strings.get(i + 1));
                    if (value != null) {
                        granted.add(option);
                        granted.add(value);
                    }
                }
            }
            if (has("22") && asked.size() == 4) {
                granted.addAll(List.of("rollover", "0"));
            }
            if (has("29") && asked.containsKey("utimeout") && asked.containsKey("timeout")) {
                granted.remove("timeout");
                granted.remove("3");
            }
            String problem = null;
            if (has("23") && asked.containsKey("x-conform")) {
                problem = "unknown option";
            } else if (has("F2")
                    && asked.containsKey("windowsize")
                    && asked.containsKey("tsize")
                    && asked.size() == 2) {
                problem = "no blksize";
            } else if (has("32") && netascii && asked.containsKey("tsize")) {
                problem = "tsize of a text";
            } else if (!read && !has("33") && asked.getOrDefault("tsize", "").length() > 15) {
                problem = "no space";
            }
            dead = has("P1") && "abc".equals(asked.get("blksize"));
            if (problem != null && !dead) {
                reply(client, error(problem.equals("no space") ? 3 : 8, problem));
            }
            return problem == null && !dead;
        }

        private String grant(String option, String value) {
            if (!value.matches("\\d{1,19}")) {
                return has("26") && option.equals("blksize") && value.startsWith("-") ? "8" : null;
            }
            long number = Long.parseLong(value);
            switch (option) {
                case "blksize" -> {
                    if (number < 8 && !has("27")) {
                        return null;
                    }
                    blksize = (int) Math.min(number, 1468);
                    return "" + blksize;
                }
                case "windowsize" -> {
                    if (number == 0) {
                        return has("47") ? "0" : null;
                    }
                    window = (int) Math.min(number, 64);
                    return "" + window;
                }
                case "timeout" -> {
                    return number < 1 || number > 255 ? null : has("28") && single ? "" + (number - 1) : value;
                }
                case "utimeout" -> {
                    return value;
                }
                case "tsize" -> {
                    if (!read) {
                        return value;
                    }
                    int size = content.length;
                    if (has("30") && single && !netascii && value.equals("0") && size > 0 || has("F3") && size == 0) {
                        size++;
                    }
                    return has("31") && value.equals("5") ? value : "" + size;
                }
                default -> {
                    return null;
                }
            }
        }

        private void send(byte[] datagram) {
            network.send(tid, client, datagram);
        }

        private void end() {
            ended = true;
            timer++;
        }

        /** Handles a copy of the request; returns false if it is a new transfer. */
        boolean duplicate() {
            if (complete && (read || has("66"))) {
                if (!read) {
                    folder.files.put(name, new byte[0]);
                }
                return false;
            }
            if (!complete && ended) {
                return false;
            }
            if (!complete && acked == 0 && received.size() == 0) {
                if (has("1") && read && granted.isEmpty() || has("2") && !read && granted.isEmpty()) {
                    return false;
                }
                if (has("16") && !read) {
                    return true;
                }
                if (first != null) {
                    send(first);
                } else {
                    sendBlock(1);
                }
            }
            return true;
        }

        private void arm() {
            int mine = ++timer;
            long delay = has("49") ? rto : rto << Math.min(retransmissions, 5);
            network.schedule(delay, () -> {
                if (mine == timer && !ended && retransmissions < RETRANSMISSIONS) {
                    retransmissions++;
                    timeout();
                    arm();
                }
            });
        }

        private void timeout() {
            if (oackPending && acked == 0) {
                if (!(has("17") && read) && !(has("16") && !read) && received.size() == 0) {
                    send(first);
                    return;
                }
                if (received.size() == 0) {
                    return;
                }
            }
            if (!read) {
                if (!(has("46w") && inWindow > 0) && !(has("6") && window == 1)) {
                    acked += inWindow;
                    inWindow = 0;
                    send(ack(acked));
                }
            } else if (!(has("46") && window > 1 && acked == 0)) {
                for (long n = acked + 1; n <= sent; n++) {
                    byte[] again = blockOf(n);
                    boolean wrong = has("15") && granted.isEmpty() && !netascii || has("38") && netascii && n == 2;
                    if (wrong) {
                        again[again.length - 1]++;
                    }
                    send(again);
                }
            }
        }

        private byte[] blockOf(long n) {
            if (has("51") && !netascii) {
                content = folder.files.getOrDefault(name, content);
            }
            byte[] payload = block(content, n, blksize);
            if (has("11") && content.length == 0 && granted.isEmpty()) {
                payload = new byte[1];
            }
            long number = has("10") && window > 1 && n > 0xFFFF ? n + 1 : n;
            return data(number, payload);
        }

        private void sendBlock(long n) {
            send(blockOf(n));
            sent = Math.max(sent, n);
        }

        private void sendWindow(long from) {
            if (has("51")) {
                blocks = folder.files.getOrDefault(name, content).length / blksize + 1;
            }
            long end = Math.min(blocks, acked + window);
            if (has("45") && window == 8 && end == blocks && from < end) {
                end--;
            }
            for (long n = from; n <= end; n++) {
                sendBlock(n);
            }
        }

        void receive(InetSocketAddress from, byte[] datagram) {
            Packet packet = new Packet(0, false, tid, from, datagram);
            boolean otherPeer = !from.equals(client);
            if (otherPeer && !(has("3") && packet.opcode() == ACK) && !(has("4") && packet.opcode() == ERROR)) {
                return;
            }
            switch (packet.opcode()) {
                case ERROR -> onError(packet);
                case ACK -> {
                    if (datagram.length >= 4 && read) {
                        onAck(packet.number());
                    }
                }
                case DATA -> {
                    if (datagram.length >= 4) {
                        if (!read) {
                            onData(packet.number(), packet.payload());
                        } else if (has("P9")) {
                            onAck(packet.number());
                        }
                    }
                }
                default -> {
                    if (has("40") && datagram.length >= 4) {
                        send(error(4, "opcode"));
                        end();
                    }
                }
            }
        }

        private void onError(Packet packet) {
            byte[] bytes = packet.bytes();
            boolean terminated = bytes[bytes.length - 1] == 0;
            boolean ignored = has("60") && !terminated
                    || has("18") && packet.number() == 8
                    || has("F4") && packet.text().equals("closed");
            if (ignored || ended) {
                return;
            }
            wrongContent = has("P10") && packet.text().equals("stopped");
            ignoresNext = has("F1") && packet.number() == 8 && asked.size() == 1;
            if (!read && has("36") && received.size() > 0) {
                folder.files.put(name, received.toByteArray());
            }
            end();
        }

        private void onAck(int number) {
            if (ended) {
                if (has("F10")) {
                    send(error(5, "unknown transfer"));
                }
                return;
            }
            if (oackPending) {
                if (number == 0) {
                    oackPending = false;
                    progress(0);
                } else {
                    dead = has("P8");
                    if (has("19")) {
                        send(blockOf(2));
                    }
                }
                return;
            }
            long wire = has("10") && window > 1 && acked + window > 0xFFFF ? number - 1 : number;
            long distance = wire - acked & 0xFFFF;
            if (distance == 0) {
                boolean resend = has("5") && window == 1 && number > 0
                        || has("F8") && asked.containsKey("timeout")
                        || has("F7") && window > 1 && acked > 0;
                if (resend) {
                    for (long n = acked + 1; n <= sent; n++) {
                        sendBlock(n);
                    }
                }
            } else if (distance <= sent - acked) {
                progress(distance);
            } else if (distance > 0x8000) {
                if (has("8") && window > 1) {
                    sendBlock(number + 1L);
                }
            } else {
                dead = has("P7");
                if (has("7")) {
                    send(data(number + 1L, new byte[0]));
                }
            }
        }

        private void progress(long distance) {
            acked += distance;
            retransmissions = 0;
            if (acked >= blocks
                    || has("12")
                            && window == 1
                            && granted.isEmpty()
                            && acked * blksize == content.length
                            && acked > 0) {
                complete = true;
                end();
                return;
            }
            if (has("9") && window == 1 && acked == 0xFFFF) {
                send(error(0, "too large"));
                end();
                return;
            }
            boolean rewinds = acked < sent && !has("42");
            sendWindow(rewinds ? acked + 1 : sent + 1);
            arm();
        }

        private void onData(int number, byte[] payload) {
            if (complete) {
                if (has("41") && (number - acked & 0xFFFF) == 1) {
                    received.writeBytes(payload);
                    folder.files.put(name, received.toByteArray());
                } else if (number == (acked & 0xFFFF) && !has("13")) {
                    send(ack(acked));
                }
                return;
            }
            if (ended) {
                return;
            }
            if (payload.length > blksize && !has("39")) {
                send(error(4, "too long"));
                end();
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
            oackPending = false;
            gap = false;
            inWindow++;
            long block = acked + inWindow;
            boolean last = payload.length < blksize;
            if (has("11w") && last && block == 1 && payload.length == 0
                    || has("12w") && payload.length == 0 && block == 3
                    || has("34") && "100".equals(asked.get("tsize")) && received.size() + payload.length > 100
                    || has("9w") && block > 0xFFFF) {
                inWindow--;
                return;
            }
            received.writeBytes(payload);
            int every = has("48") && name.contains("-48-") ? 1 : window;
            if (last && !(has("45w") && block == 2 && window > 1) || inWindow >= every) {
                acked = block;
                inWindow = 0;
                retransmissions = 0;
                if (last) {
                    complete = true;
                    ended = true;
                    store();
                }
                send(ack(acked));
            }
            arm();
        }

        private void store() {
            byte[] stored = received.toByteArray();
            if (netascii) {
                String text = new String(stored, ISO_8859_1).replace("\r\n", "\n");
                stored = (has("37w") ? text : text.replace("\r\0", "\r")).getBytes(ISO_8859_1);
            }
            byte[] content = stored;
            if (has("35")) {
                network.schedule(DISK, () -> folder.files.put(name, content));
            } else {
                folder.files.put(name, content);
            }
        }
    }
}
