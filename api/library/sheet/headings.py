"""What columns are called, in many tools and languages. Data, and how a heading is looked up.

Exportify translates its headings (watsonbox/exportify, 14 languages by 2026-11); TuneMyMusic,
Soundiiz, Sort Your Music, Organize Your Music, Chosic, the Spotify API, Spotify's own account data
and people's own sheets have theirs. The first name that a file has wins over those after it.
"""

from __future__ import annotations

import re
import unicodedata

_TITLES = {
    "reference": """
        Track URI | Spotify URI | Spotify Track URI | Spotify ID | Spotify Track Id | Track ID |
        Spotify - id | Spotify URL | Spotify Link | Spotify Track URL | Track URL | Track Link |
        URI | Link | URL | ID | Song ID | Song URL | Song Link | External URL |
        External URLs Spotify | Identifier | Location | Track href | Href | رابط الأغنية (URI) |
        Track-URI | URI κομματιού | URI de la canción | URI du titre | URI della traccia |
        トラックURI | Nummer URI | URI da faixa | Låtens URI | Parça URI | 曲目 URI | Lien |
        Enlace | Vínculo | Collegamento | Odkaz | Länk | Lenke | Linkki | Ссылка | Посилання |
        Odnośnik | Bağlantı | Σύνδεσμος | الرابط | リンク | 链接 | 連結 | 링크 | Adresse |
        Spotify-Link | Spotify-URL | Spotify-ID""",
    "isrc": "ISRC | ISRC Code | ISRC-Code | Track ISRC | External IDs ISRC",
    "name": """
        Track Name | Song Name | Track Title | Song Title | Title | Song | Name | Track |
        Master Metadata Track Name | Tracks | Songs | اسم الأغنية | Track-Name | Όνομα κομματιού |
        Nombre de la canción | Nom du titre | Nome della traccia | トラック名 | Nummernaam |
        Nome da faixa | Låtens namn | Parça Adı | 曲目名称 | 曲目名稱 | Titel | Songtitel |
        Titelname | Lied | Liedtitel | Titre | Chanson | Morceau | Título | Titulo | Canción |
        Nombre | Titolo | Brano | Canzone | Nome | Faixa | Música | Tittel | Låt | Sang | Nimi |
        Kappale | Biisi | Tytuł | Utwór | Nazwa | Název | Skladba | Píseň | Cím | Dal | Titlu |
        Melodie | Название | Песня | Трек | Композиция | Назва | Пісня | Şarkı | Şarkı Adı |
        Başlık | Τίτλος | Τραγούδι | العنوان | الأغنية | タイトル | 曲名 | 曲 | 歌名 | 歌曲 |
        标题 | 標題 | 제목 | 곡명 | 노래""",
    "artists": """
        Artist Name(s) | Artist Names | Artist Name | Artists Name | Track Artists | Artists |
        Artist | Track Artist | Creator | Performer | Band | Singer |
        Master Metadata Album Artist Name | أسماء الفنانين | Künstlername(n) |
        Όνομα/τα καλλιτέχνη | Nombre(s) del artista | Nom(s) de l'artiste | Nome dell'artista |
        アーティスト名 | Naam van artiest | Nome(s) do artista | Artistens namn | Sanatçı Adı |
        艺人名称 | 藝人名稱 | Künstler | Künstlername | Interpret | Interpreten | Artiste |
        Artistes | Interprète | Artista | Artistas | Artisti | Intérprete | Artiest | Artiesten |
        Uitvoerder | Kunstner | Esittäjä | Artisti(t) | Wykonawca | Artysta | Umělec |
        Interpret(i) | Előadó | Исполнитель | Артист | Виконавець | Sanatçı | Καλλιτέχνης |
        الفنان | アーティスト | 歌手 | 艺人 | 藝人 | 艺术家 | 아티스트 | 가수""",
    "artist_ids": """
        Artist URI(s) | Artist IDs | Artist ID | Artist URIs | Artists URI | Artists ID |
        Artist URL | Artist URLs | روابط الفنانين (URI) | Künstler-URI(s) | URI καλλιτέχνη/ων |
        URI(s) del artista | URI(s) de l'artiste | URI dell'artista | アーティストURI |
        Artiest-URI | URI(s) do artista | Artistens URI | Sanatçı URI | 艺人 URI | 藝人 URI""",
    "album": """
        Album Name | Album | Album Title | Release Title | Master Metadata Album Album Name |
        اسم الألبوم | Album-Name | Όνομα άλμπουμ | Nombre del álbum | Nom de l'album |
        Nome dell'album | アルバム名 | Naam van album | Nome do álbum | Albumets namn |
        Albüm Adı | 专辑名称 | 專輯名稱 | Albumname | Albumtitel | Álbum | Albumi | Альбом |
        Albüm | Άλμπουμ | الألبوم | アルバム | 专辑 | 專輯 | 앨범""",
    "duration": """
        Track Duration (ms) | Duration (ms) | Duration_ms | Duration | Length | Song Length |
        Track Length | Track Duration | Length (Duration) | Time | Dur | Duration (s) |
        Duration_s | Duration (sec) | Duration (seconds) | Runtime | Playtime |
        مدة الأغنية (بالمللي ثانية) | Track-Dauer (ms) | Διάρκεια κομματιού (ms) |
        Duración de la canción (ms) | Durée du titre (ms) | Durata della traccia (ms) |
        トラックの長さ（ミリ秒） | Nummerduur (ms) | Duração da faixa (ms) | Låtlängd (ms) |
        Parça Süresi (ms) | 曲目时长（毫秒） | 曲目長度（毫秒） | Dauer | Länge | Spieldauer |
        Laufzeit | Spielzeit | Durée | Duración | Durata | Duração | Duur | Lengte | Tijd |
        Tiempo | Temps | Längd | Varighet | Varighed | Længde | Lengde | Kesto | Czas trwania |
        Czas | Délka | Trvání | Hossz | Длительность | Продолжительность | Тривалість | Süre |
        Διάρκεια | المدة | 長さ | 再生時間 | 时长 | 時長 | 길이 | 재생 시간""",
    "added_at": """
        Added At | Added | Date Added | Added Date | Date | Added On | أضيف في | Hinzugefügt am |
        Προστέθηκε στις | Añadido en | Ajouté le | Aggiunto il | 追加日時 | Toegevoegd op |
        Adicionado em | Tillagd vid | Eklenme Tarihi | 添加时间 | 新增時間 | Hinzugefügt |
        Agregado el | Ajoutée le | Data dodania | Дата добавления""",
    "danceability": """
        Danceability | Dance | Dnce | قابلية الرقص | Tanzbarkeit | Χορευτικότητα | Bailabilidad |
        Danseabilité | Dansabilité | Ballabilità | ダンサビリティ | Dansbaarheid | Dançabilidade |
        Dansbarhet | Dans Edilebilirlik | 舞蹈性 | Taneczność | Tanečnost | Танцевальность |
        Tanssittavuus | Dansevenlighed | ダンス性 | 댄서빌리티 | 춤""",
    "energy": """
        Energy | Nrgy | الطاقة | Energie | Ενέργεια | Energía | Énergie | Energia | エネルギー |
        Energi | Enerji | 能量 | Энергия | Энергичность | Енергія | Energiczność | 에너지""",
    "key": """
        Key | Key Name | Musical Key | Camelot | Camelot Key | Open Key | Pitch Class | المفتاح |
        Tonart | Τονικότητα | Tonalidad | Tonalité | Chiave | キー | Toonsoort | Tonalidade |
        Ton | 调性 | 調性 | Grundton | Tonalità | Toonaard | Toneart | Tonacja | Tónina |
        Тональность | Sävellaji | 조성 | 키""",
    "loudness": """
        Loudness | Loudness (dB) | Loud | Loud (Db) | dB | مستوى الصوت | Lautstärke | Lautheit |
        Ένταση | Volumen | Volume sonore | Volume | ラウドネス | Luidheid | Ljudstyrka |
        Ses Seviyesi | 响度 | 響度 | Głośność | Hlasitost | Громкость | Äänekkyys | Sonoridad |
        Intensité sonore | Sonie | 음량""",
    "mode": """
        Mode | Modality | Scale | Major/Minor | Mode Name | النمط | Modus | Τρόπος | Modo |
        Modalità | モード | Läge | Mod | 调式 | 調式 | Tongeschlecht | Tryb | Лад | 조 |
        長調/短調""",
    "speechiness": """
        Speechiness | Speech | Spch | محتوى الكلام | Sprachanteil | Ομιλητικότητα | Hablado |
        Parlabilité | Linguaggio parlato | スピーチ性 | Spraakzaamheid | Oralidade | Talighet |
        Konuşma Oranı | 语音度 | Речь | Mówność""",
    "acousticness": """
        Acousticness | Acoustic | Acous | الطابع الصوتي | Akustik | Ακουστικότητα | Acústica |
        Acoustique | Acustica | アコースティック性 | Akoestiek | Akustiklik | 原声性 | 原音性 |
        Akustisch | Acoustitude | Acusticidad | Акустичность | Akustyczność""",
    "instrumentalness": """
        Instrumentalness | Instrumental | Instr | الطابع الآلي | Instrumentalität |
        Οργανοκεντρικότητα | Instrumentalidad | Strumentalità | インストゥルメンタル性 |
        Instrumentaliteit | Instrumentalidade | Instrumentalhet | Enstrümantalite | 器乐度 |
        器樂度 | Инструментальность | Instrumentalność | Instrumentalité""",
    "liveness": """
        Liveness | Live | الحيوية | Lebendigkeit | Ζωντάνια | Vivacidad | Vivacité | Vivacità |
        ライブ感 | Levendigheid | Vivacidade | Livlighet | Canlılık | 现场感 | 現場感 |
        Live-Charakter | Живость""",
    "valence": """
        Valence | Happy | Happiness | Positivity | Val | Mood | الإيجابية | Valenz | Θετικότητα |
        Valencia | Valenza | 感情値 | Valentie | Valência | Valens | Duygusallık | 情绪效价 |
        情緒效價 | Positivität | Валентность | Walencja | Valenssi""",
    "tempo": """
        Tempo | BPM | Beats Per Minute (BPM) | Beats Per Minute | Tempo (BPM) | الإيقاع | Ρυθμός |
        テンポ | 速度 | Темп | 템포 | Schläge pro Minute""",
    "time_signature": """
        Time Signature | Meter | Metre | Time Sig | Beats per Bar | توقيع الزمن | Taktart |
        Μέτρο | Compás | Mesure | Battuta | 拍子 | Maatstreep | Compasso | Ölçü İşareti | 拍号 |
        拍號 | Takt | Maatsoort | Metrum | Размер""",
    "other": """
        # | No | No. | Nr | Nr. | Number | Index | Position | Pos | Rank | Rnd | Disc Number |
        Track Number | Disc | Explicit | Popularity | Pop. | Pop | Added By | Genres | Genre |
        Top Genre | Parent Genres | Artist Genres | Album Genres | Label | Record Label |
        Album Label | Copyrights | Copyright | Is Playable | Release Date | Album Release Date |
        Release | Year | Album Date | Album URI | Album ID | Album URL | Album Href |
        Album Artist URI(s) | Album Artist Name(s) | Album Artist | Album Artists Name |
        Album Artists URI | Album Artists ID | Album Image URL | Image URL | Image |
        Track Preview URL | Preview URL | Playlist name | Playlist | Type | Track Type |
        Is Local | Market | Available Markets | Owner | Collaborative | Type Name | Added By ID |
        Added By URI | Analysis URL | Album Type | Apple - id | Apple Music - id | Deezer - id |
        Tidal - id | YouTube - id | Youtube Music - id | Amazon - id | Amazon Music - id |
        Qobuz - id | SoundCloud - id | Napster - id | Pandora - id | Platform | Service | UPC |
        EAN | Snapshot ID | Kind | Source | Licence | License |
        Duration Rounded | Video Thumbnail | روابط فناني الألبوم (URI) |
        أسماء فناني الألبوم | رابط الألبوم (URI) | Album-URI | Album-Künstler-URI(s) |
        Album-Künstlername(n) | Veröffentlichungsdatum des Albums | Album-Bild-URL | Disc-Nummer |
        Track-Nummer | Track-Vorschau-URL | Explizit | Beliebtheit | Ist abspielbar |
        Hinzugefügt von | Album-Genres | Urheberrechte | Künstler-Genres | URI άλμπουμ |
        URI καλλιτέχνη/ων άλμπουμ | Όνομα/τα καλλιτέχνη άλμπουμ | URI del álbum |
        Ημερομηνία κυκλοφορίας άλμπουμ | URL εικόνας άλμπουμ | Αριθμός δίσκου |
        Αριθμός κομματιού | URL προεπισκόπησης κομματιού | Ακατάλληλο | Δημοτικότητα |
        Αναπαράγεται | Προστέθηκε από | Είδη άλμπουμ | Εταιρεία | Πνευματικά δικαιώματα |
        Είδη καλλιτέχνη | URI(s) del artista del álbum | Nombre(s) del artista del álbum |
        Fecha de lanzamiento del álbum | URL de la imagen del álbum | Número de disco |
        Número de la canción | Explícito | Popularidad | URL de vista previa de la canción |
        Es reproducible | Añadido por | Géneros del álbum | Sello | Derechos de autor |
        Géneros del artista | URI de l'album | URI(s) de l'artiste de l'album |
        Nom(s) de l'artiste de l'album | Date de sortie de l'album | URL de l'image de l'album |
        Numéro de disque | Numéro du titre | URL de prévisualisation du titre | Explicite |
        Popularité | Est jouable | Ajouté par | Genres de l'album | Droits d'auteur |
        Genres de l'artiste | URI dell'album | URI dell'artista dell'album |
        Nome dell'artista dell'album | Popolarità | Data di rilascio dell'album |
        URL dell'immagine dell'album | Numero del disco | Esplicito | Numero della traccia |
        URL di anteprima della traccia | È riproducibile | Aggiunto da | Generi dell'album |
        Etichetta | Generi dell'artista | アルバムURI | アルバムアーティストURI |
        アルバムアーティスト名 | アルバム発売日 | アルバム画像URL | ディスク番号 | トラック番号 |
        トラックプレビューURL | 明示的な内容 | 人気度 | 再生可能 | 追加者 | アルバムジャンル |
        レーベル | 著作権 | アーティストジャンル | Artiest-URI van het album |
        Naam van artiest op het album | Releasedatum van het album | Album afbeelding-URL |
        Schijfnummer | Nummernummer | Voorbeeld-URL | Expliciet | Populariteit | Speelbaar |
        Toegevoegd door | Genres van het album | Auteursrechten | Genres van de artiest |
        URI do álbum | URI(s) do artista do álbum | Nome(s) do artista do álbum |
        Data de lançamento do álbum | URL da imagem do álbum | Número do disco | Número da faixa |
        URL de prévia da faixa | Explícita | Popularidade | É reproduzível | Adicionado por |
        Gêneros do álbum | Gravadora | Direitos autorais | Gêneros do artista | Albumets URI |
        Albumartistens URI | Albumartistens namn | Albumets releasedatum | Albumets bild-URL |
        Skivnummer | Låtnummer | Förhandsgranskning URL | Popularitet | Är spelbar | Tillagd av |
        Albumets genrer | Skivbolag | Upphovsrätt | Artistens genrer | Albüm URI |
        Albümdeki Sanatçı URI | Albümdeki Sanatçı Adı | Albüm Çıkış Tarihi | Albüm Resim URL'si |
        Disk Numarası | Parça Numarası | Parça Önizleme URL'si | Açık İçerik | Popülerlik |
        Çalınabilir mi? | Ekleyen | Albüm Türleri | Plak Şirketi | Telif Hakları |
        Sanatçı Türleri | 专辑 URI | 专辑艺人 URI | 专辑艺人名称 | 专辑发行日期 | 专辑封面 URL |
        光盘编号 | 曲目编号 | 曲目试听 URL | 含露骨内容 | 热度 | 可播放 | 添加者 | 专辑流派 |
        唱片公司 | 版权 | 艺人流派 | 專輯 URI | 專輯藝人 URI | 專輯藝人名稱 | 專輯發行日期 |
        專輯封面 URL | 光碟編號 | 曲目編號 | 曲目試聽 URL | 熱門度 | 新增者 | 專輯曲風 | 著作權 |
        藝人曲風 | Jahr | Année | Año | Anno | Ano | Jaar | År | Rok | Год | Erscheinungsdatum |
        Nummer""",
}
MOST_LETTERS = 80  # a longer cell is no heading
_HINT = re.compile(r"[(\[（]([^)\]）]*)[)\]）]|(%)|_(ms|s)\Z")


def bare(title: str) -> str:
    """`Artist Name(s)` → `artistnames`: letters and digits alone, without case or accents."""
    plain = unicodedata.normalize("NFKD", title).casefold()
    return "".join(sign for sign in plain if sign.isalnum()) or title.strip()


_KNOWN: dict[str, tuple[str, int]] = {}
for _meaning, _names in _TITLES.items():
    for _rank, _name in enumerate(_names.split("|")):
        _KNOWN.setdefault(bare(" ".join(_name.split())), (_meaning, _rank))


def meaning(title: str) -> tuple[str, int] | None:
    """What a column of this heading holds, and how surely: 0 is the surest name of it."""
    if len(title) > MOST_LETTERS:
        return None
    return _KNOWN.get(bare(title)) or _KNOWN.get(bare(_HINT.sub(" ", title)))


def hint(title: str) -> str:
    """What a heading says of its unit: `Energy (%)` → `%`, `duration_ms` → `ms`; else empty."""
    found = _HINT.search(title)
    return next(filter(None, found.groups()), "").strip().casefold() if found else ""
