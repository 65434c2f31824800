# Lay the same complaints into Request Tracker by its own objects: load_rt.pl CONVERSATIONS.jsonl RULES
# One that was stopped goes on where it was; RULES keeps what it has switched off until then.
use strict;
use warnings;
use utf8;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use JSON;
use Encode;
use MIME::Entity;

my $system = RT->SystemUser;
my $root = RT::CurrentUser->new($system);
$root->Load('root');
my $queue = RT::Queue->new($system);
$queue->Load('General');
my $everyone = RT::Group->new($system);
$everyone->LoadSystemInternalGroup('Everyone');
for my $right (qw(CreateTicket ReplyToTicket SeeQueue ShowTicket)) {
    $everyone->PrincipalObj->GrantRight(Right => $right, Object => $queue);
}

sub words {
    my ($subject, $text) = @_;
    return MIME::Entity->build(
        Type => 'text/plain', Charset => 'UTF-8', Encoding => '8bit',
        Subject => Encode::encode('MIME-Header', $subject), Data => Encode::encode('UTF-8', $text),
    );
}

# What the rules of a new installation would do beside it, mail to everybody, is not done while it is laid in.
my $dbh = $RT::Handle->dbh;
if (!-s $ARGV[1]) {
    open(my $kept, '>', $ARGV[1]) or die;
    print $kept join(' ', map { $_->[0] } @{ $dbh->selectall_arrayref('SELECT id FROM Scrips WHERE Disabled = 0') });
    close($kept) or die;
}
open(my $kept, '<', $ARGV[1]) or die;
my @rules = split(' ', <$kept>);
close($kept);
$RT::Handle->SimpleQuery('UPDATE Scrips SET Disabled = 1');
my ($laid) = $dbh->selectrow_array('SELECT count(*) FROM Tickets');
$dbh->selectrow_array("SELECT setval('tickets_id_seq', $laid)") if $laid; # what was broken off has used a number up
# and may have left roles for that number, which would be there already
my $left = "SELECT id FROM Groups WHERE Domain = 'RT::Ticket-Role' AND Instance > $laid";
$RT::Handle->SimpleQuery("DELETE FROM $_ IN ($left)")
    for 'GroupMembers WHERE GroupId', 'CachedGroupMembers WHERE GroupId', 'Principals WHERE id', 'Groups WHERE id';
my $at = 0;
open(my $lines, '<:raw', $ARGV[0]) or die;
while (my $line = <$lines>) {
    next if ++$at < $laid;
    my $told = JSON->new->utf8->decode($line);
    my @turns = @{ $told->{turns} };
    my ($id, $said) = ($at, 0);
    if ($at == $laid) {
        ($said) = $dbh->selectrow_array(
            "SELECT count(*) FROM Transactions WHERE ObjectType = 'RT::Ticket' AND Type = 'Correspond' AND ObjectId = ?",
            undef, $id,
        );
    } else {
        ($id, undef, my $trouble) = RT::Ticket->new($root)->Create(
            Queue => 'General', Subject => $told->{subject}, Requestor => $told->{email}, Owner => $root->Id,
            MIMEObj => words($told->{subject}, $turns[0]{text}),
        );
        die "$trouble" unless $id == $at;
    }
    my $by_customer = RT::CurrentUser->new($system);
    $by_customer->LoadByEmail($told->{email});
    for my $turn (@turns[1 + $said .. $#turns]) {
        my $as = RT::Ticket->new($turn->{by} eq 'agent' ? $root : $by_customer);
        $as->Load($id);
        my ($done, $why) = $as->Correspond(MIMEObj => words($told->{subject}, $turn->{text}));
        die "$why" unless $done;
    }
}
$RT::Handle->SimpleQuery("UPDATE Scrips SET Disabled = 0 WHERE id = $_") for @rules;
